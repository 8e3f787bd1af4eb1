/// A fixed set of threads that runs the same body over `0..<count`.
///
/// Indices are handed out by an atomic counter and results are stored by index, so what a call
/// returns never depends on the number of threads. Calls block until all of it is done. The body
/// always runs on a worker, also with one thread, because workers have the large stack that deep
/// recursion over terms needs.
///
/// A call made from inside a body of the same pool runs inline on that worker. Calls from several
/// other threads take turns. Two pools must not call each other in a circle.
public final class WorkerPool: Sendable {
  /// The number of worker threads.
  public let threads: Int

  private let crew: Crew

  /// Starts `threads` workers, each with a stack of `stackBytes` (reserved, not touched).
  public init(threads: Int, stackBytes: Int = 64 << 20) {
    precondition(threads > 0, "WorkerPool(threads: \(threads)): at least one thread is needed")
    precondition(
      stackBytes >= 1 << 16, "WorkerPool(stackBytes: \(stackBytes)): at least 64 KiB are needed")
    self.threads = threads
    self.crew = Crew(threads: threads, stackBytes: stackBytes)
  }

  deinit {
    crew.dismiss()
  }

  /// Runs `body` once for each index below `count`, in no particular order.
  public func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    precondition(count >= 0, "forEach(\(count)): the count must not be negative")
    if count == 0 { return }
    if crew.isCurrentThreadMember {
      for index in 0..<count { body(index) }
    } else {
      crew.run(count, body)
    }
  }

  /// The results of `body` for each index below `count`, in index order.
  ///
  /// - Throws: The error of the lowest index that throws. Once an index has thrown, higher ones
  ///   may be left out.
  public func map<Result: Sendable, Failure: Error>(
    _ count: Int, _ body: @Sendable (Int) throws(Failure) -> Result
  ) throws(Failure) -> [Result] {
    typealias Slot = Swift.Result<Result, Failure>?
    let failure = LowestFailure()
    var slots = [Slot](repeating: nil, count: count)
    update(&slots) { index, slot in
      // Only what comes after a failure is left out: a lower index may have been handed out before
      // the failure, and look here after it.
      if failure.precedes(index) { return }
      do throws(Failure) {
        slot = .success(try body(index))
      } catch {
        slot = .failure(error)
        failure.record(index)
      }
    }
    var results: [Result] = []
    results.reserveCapacity(count)
    for slot in slots {
      guard let slot else { preconditionFailure("an index before the first error was left out") }
      results.append(try slot.get())
    }
    return results
  }

  /// Runs `body` on each element in place; each is touched by exactly one worker.
  ///
  /// Elements need not be `Sendable`: they are lent to a worker for the duration of the call.
  /// They must share no mutable state with one another.
  public func update<Element>(
    _ elements: inout [Element], _ body: @Sendable (Int, inout Element) -> Void
  ) {
    elements.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let lent = Lent(base: base)
      forEach(buffer.count) { index in
        body(index, &lent.base[index])
      }
    }
  }

  /// Runs `body(position, &elements[indices[position]])` for each position, and returns the
  /// results by position. The indices must increase strictly; else as `update(_:_:)`.
  public func update<Element, Result: Sendable>(
    _ elements: inout [Element], at indices: [Int],
    _ body: @Sendable (_ position: Int, inout Element) -> Result
  ) -> [Result] {
    for (index, next) in zip(indices, indices.dropFirst()) {
      precondition(index < next, "update(at:): index \(next) follows \(index)")
    }
    guard let first = indices.first, let last = indices.last else { return [] }
    precondition(
      first >= 0 && last < elements.count,
      "update(at:): indices \(first)...\(last) of \(elements.count) elements")
    return elements.withUnsafeMutableBufferPointer { buffer in
      let lent = Lent(base: buffer.baseAddress!)
      return map(indices.count) { position in
        body(position, &lent.base[indices[position]])
      }
    }
  }
}

/// Elements lent to the workers of one call.
///
/// Unchecked: indices are distinct, so no two workers touch the same element, and the call that
/// lends them blocks until the last worker is done.
private struct Lent<Element>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>
}
