public import Kernel
public import PeanoSyntax
public import RunStore

/// Everything that Minimo reports to its user: what is wrong, where, and what to do about it.
public enum MinimoError: Error, Sendable {
  /// A domain, statement or problem file is wrong.
  case syntax(SyntaxError)
  /// The premises of a domain cannot be compiled.
  case premises(domain: String, KernelError)
  /// Nothing can be stated in a domain, so there is nothing to learn.
  case nothingToState(domain: String)
  case store(StoreError)
  /// A setting has an impossible value.
  case usage(String)
  /// A file cannot be read or written; `reason` is the system's.
  case file(path: String, reason: String)
  /// A file of a run or a checkpoint does not hold what it should.
  case damaged(place: String, reason: String)
  /// Minimo and a prover, or two provers, say yes and no to the same question.
  case contradiction(String)
  /// Our bug: something that should be impossible.
  case internalError(String)
  /// The user asked to stop; what was committed stays.
  case interrupted
}

extension MinimoError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .syntax(let error): error.description
    case .premises(let domain, .limitExceeded):
      "\(domain): the types of these declarations are too large when definitions are written out. "
        + "Look for definitions that apply one another many times."
    case .premises(let domain, let error):
      "\(domain): the premises cannot be compiled: \(error). Check the types of the #premises."
    case .nothingToState(let domain):
      "\(domain): no statement within the limits can be made of these declarations. "
        + "Declare objects or propositions, such as: z : nat."
    case .store(let error): error.description
    case .usage(let message): message
    case .file(let path, let reason): "\(path): \(reason)"
    case .damaged(let place, let reason): "\(place): \(reason). Restore it from a copy."
    case .contradiction(let message):
      "\(message). Either a prover or Minimo is wrong: please report it with the axioms and the "
        + "statement."
    case .internalError(let message):
      "\(message). This is a bug of Minimo: please report it with the run folder."
    case .interrupted: "interrupted"
    }
  }

  /// The exit status of a process that ends with this error, after sysexits.
  public var exitCode: Int32 {
    switch self {
    case .syntax, .premises, .nothingToState, .damaged: 65
    case .usage: 64
    case .file: 74
    case .contradiction, .internalError: 70
    case .interrupted: 130
    case .store(let error):
      switch error {
      case .alreadyExists, .unknownFailPoint: 64
      case .io, .database, .locked: 74
      case .invalidRecord, .outOfOrder, .conflict, .readOnly: 70
      case .malformed, .notARun, .corruptDatabase, .foreignDatabase, .schemaChanged, .damaged,
        .newerFormat, .olderFormat, .lostCommits, .tooLarge, .noSuchIteration:
        65
      }
    }
  }
}
