// A record as the particles need it that follow.

extension StepRecord {
  /// Writes a call as those that follow need it, all gains included.
  func writeLaneCall(
    _ call: RecordedCall, _ written: FourTerms?, count: Int,
    to result: UnsafeMutablePointer<LaneCall>
  ) {
    result.initialize(to: LaneCall.end)
    if let (first, second, third, fourth) = written {
      (result.pointee.first, result.pointee.second) = (first, second)
      (result.pointee.third, result.pointee.fourth) = (third, fourth)
    }
    result.pointee.site = call.site
    let kind = call.kind == .read ? .realize : call.kind
    let isUsual =
      Int(call.liveCount) == count && call.knownTerms == 0
      && (call.spread > 0 || kind != .observe && kind != .draw)
    result.pointee.shape =
      LaneCall.shape(kind, terms: count)
      | (isUsual || written == nil ? 0 : LaneCall.isUnusual)
    result.pointee.variance = call.variance.bitPattern
    result.pointee.result = call.result
    result.pointee.node = Int(call.node)
    result.pointee.spread = call.spread
    result.pointee.root = call.root
    result.pointee.logarithm = call.logarithm
    result.pointee.isRead = call.kind == .read
    if call.kind == .eliminate {
      result.pointee.shown = shown + Int(call.start)
      return
    }
    let (terms, live) = (gains + Int(call.start), Int(call.liveCount))
    result.pointee.liveCount = live
    if live > 0 { result.pointee.firstLive = terms[0] }
    if live > 1 { result.pointee.secondLive = terms[1] }
    if live > 2 { result.pointee.thirdLive = terms[2] }
    if live > 3 { result.pointee.fourthLive = terms[3] }
    result.pointee.gains = terms + live
    result.pointee.gainCount = Int(call.gainCount)
    result.pointee.known = terms + (live + Int(call.gainCount))
    result.pointee.knownCount = call.knownTerms.nonzeroBitCount
  }

  /// Ends the recording: from now on those that follow leave out the gains that nothing will need.
  ///
  /// A mean is not needed once it has been used for the last time before its variable is
  /// eliminated.
  @usableFromInline
  func seal() {
    var isNeeded = shape.nodes.map { $0.kind != .free }
    isNeeded += [Bool](repeating: false, count: cellCapacity - isNeeded.count)
    for number in (0..<callCount).reversed() {
      let (call, terms) = (calls[number], gains + Int(calls[number].start))
      // The lists may have moved since.
      if call.kind == .eliminate {
        program[number].shown = shown + Int(call.start)
        continue
      }
      let (live, own) = (Int(call.liveCount), Int(call.node))
      if call.kind == .assume || call.kind == .realize { isNeeded[own] = false }
      let all = terms + live
      var kept = 0
      for index in 0..<Int(call.gainCount) where isNeeded[all[index].node] {
        // Those that are left out come last, as they are needed if the particle leaves.
        (all[kept], all[index]) = (all[index], all[kept])
        kept += 1
      }
      program[number].gains = all
      program[number].gainCount = kept
      program[number].known = all + Int(call.gainCount)
      for index in 0..<live { isNeeded[terms[index].node] = true }
      for index in 0..<program[number].knownCount {
        isNeeded[program[number].known[index].node] = true
      }
      if call.kind == .realize || call.kind == .read { isNeeded[own] = true }
    }
  }

  /// Adds the gains that a call before call `end` left out.
  func addGains(
    leftOutBy number: Int, until end: Int, _ cells: UnsafeMutablePointer<Double>
  ) {
    let call = program[number]
    for index in call.gainCount..<Int(calls[number].gainCount) {
      let gain = call.gains[index]
      // What was written since has nothing to do with it.
      let isOverwritten = (number..<end).contains {
        (calls[$0].kind == .assume || calls[$0].kind == .realize) && calls[$0].node == gain.node
      }
      if !isOverwritten { cells[gain.node] += gain.factor * call.residual }
    }
  }
}
