import Kernel

/// Lower bounds that look at indices: an argument that is not known yet is a hole, and each hole
/// may be something else wherever it occurs.
///
/// `(vec (s ?))` costs what `vcons` with the cheapest tail costs; `(vec (pred ?))` may be beyond
/// reach.
extension Configuration {
  /// No completion has fewer tokens; considers where later types show the term that has begun.
  func refinedBound(_ scratch: Scratch) -> Int {
    var bound = lowerBound
    if bound > scratch.lengthLimit { return bound }
    var partial = scratch.hole
    switch expectation {
    case nil, .domain: break
    case .spelled(_, _, let value): partial = value
    case .term(let type, let typeClass):
      bound += least(type, typeClass, scratch) - costs[typeClass]
    }
    for frame in frames.reversed() {
      guard case .application(let application) = frame else { break }
      var arguments = application.arguments
      arguments[application.index] = partial
      if application.head.parameters[application.index].isReferenced {
        bound -= application.rest
        for later in application.index + 1..<arguments.count {
          bound += leastArgument(application.head, arguments, later, scratch)
        }
      }
      if !application.keepsValue || bound > scratch.lengthLimit { break }
      partial = scratch.apply(
        application.head, type: application.headType, arguments.map { $0 ?? scratch.hole })
    }
    return bound
  }

  /// Least number of tokens of the argument `index` of `head`, where nil is not known yet.
  func leastArgument(_ head: Head, _ arguments: [Term?], _ index: Int, _ scratch: Scratch) -> Int {
    if let value = arguments[index] { return scratch.arena.leastTokenCount(value) }
    let parameter = head.parameters[index]
    if parameter.isClosed { return least(parameter.type, parameter.typeClass, scratch) }
    let type = scratch.instantiate(
      parameter.type, arguments[..<index].map { $0 ?? scratch.hole })
    if type == scratch.hole { return 1 }
    guard let typeClass = scratch.typeClass(type) else { return CostTable.infinite }
    return least(type, typeClass, scratch)
  }

  /// No term of `type` in this context has fewer tokens.
  func least(_ type: Term, _ typeClass: TypeClass, _ scratch: Scratch) -> Int {
    least(type, typeClass, within: scratch.lengthLimit, scratch)
  }

  /// As above, but anything beyond `limit` stands for what exceeds it.
  private func least(
    _ type: Term, _ typeClass: TypeClass, within limit: Int, _ scratch: Scratch
  ) -> Int {
    var length = costs[typeClass]
    // Nothing is gained by looking into what has no indices.
    if typeClass < .function || typeClass == .unknown || length > limit { return length }
    let key = SearchMemo.Key(type: type, typeClass: typeClass, context: contextNumber)
    switch scratch.memo.bounds[key] {
    case .exactly(let least): return least
    case .moreThan(let bound): length = max(length, bound + 1)
    case nil: break
    }
    while length <= limit {
      if isWithinReach(type, typeClass, length, scratch) {
        scratch.memo.bounds[key] = .exactly(length)
        return length
      }
      scratch.memo.bounds[key] = .moreThan(length)
      length += 1
    }
    return CostTable.infinite
  }

  private func isWithinReach(
    _ type: Term, _ typeClass: TypeClass, _ length: Int, _ scratch: Scratch
  ) -> Bool {
    for head in scratch.grammar.headsOfClass[typeClass.index]
    where isWithinReach(head, type, length, scratch) { return true }
    return context.contains { bound in
      guard let head = bound.head, Configuration.accepts(typeClass, head) else { return false }
      return isWithinReach(head, type, length, scratch)
    }
  }

  private func isWithinReach(
    _ head: Head, _ type: Term, _ length: Int, _ scratch: Scratch
  ) -> Bool {
    if costs.cost(of: head) > length { return false }
    guard let arguments = scratch.match(head, type) else { return false }
    var left = length - 1
    for (index, parameter) in head.parameters.enumerated() {
      if left <= 0 { return false }
      if let value = arguments[index] {
        left -= scratch.arena.leastTokenCount(value)
      } else if parameter.isClosed {
        left -= least(parameter.type, parameter.typeClass, within: left, scratch)
      } else {
        let type = scratch.instantiate(
          parameter.type, arguments[..<index].map { $0 ?? scratch.hole })
        if type == scratch.hole {
          left -= 1
        } else if let typeClass = scratch.typeClass(type) {
          left -= least(type, typeClass, within: left, scratch)
        } else {
          return false
        }
      }
    }
    return left >= 0
  }
}
