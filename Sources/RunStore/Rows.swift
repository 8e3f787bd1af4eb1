public import Hashing

/// Names a conjecture: the iteration that posed it and its slot there. Written `12/3`.
public struct JobID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public var iteration: Int
  public var slot: Int

  public init(iteration: Int, slot: Int) {
    self.iteration = iteration
    self.slot = slot
  }

  public var description: String { "\(iteration)/\(slot)" }

  public static func < (a: JobID, b: JobID) -> Bool {
    (a.iteration, a.slot) < (b.iteration, b.slot)
  }
}

/// Names a theorem found on the way to another one: the job that found it and its number there.
/// Written `12/3/0`.
public struct HindsightID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public var job: JobID
  public var number: Int

  public init(job: JobID, number: Int) {
    self.job = job
    self.number = number
  }

  public var description: String { "\(job)/\(number)" }

  public static func < (a: HindsightID, b: HindsightID) -> Bool {
    (a.job, a.number) < (b.job, b.number)
  }
}

/// A statement that was posed.
public struct ConjectureRow: Hashable, Sendable {
  public var job: JobID
  public var statement: String
  /// Hash of the statement up to the names of bound variables.
  public var statementHash: String
  /// Log-probability (natural) under the conjecturer that posed it; nil if it was given, not drawn.
  public var logProbability: Double?
  /// Where it comes from, such as `conjecturer` or `given`.
  public var source: String

  public init(
    job: JobID, statement: String, statementHash: String, logProbability: Double?, source: String
  ) {
    self.job = job
    self.statement = statement
    self.statementHash = statementHash
    self.logProbability = logProbability
    self.source = source
  }
}

/// How a conjecture ended.
public enum OutcomeKind: String, CaseIterable, Hashable, Sendable {
  /// The kernel checked a proof.
  case proved
  /// The budget ran out.
  case open
  /// The search space ran out: no proof exists within the prover's actions.
  case dead
  /// Our error: for one, a derivation that the kernel refused.
  case failed
  /// Not attempted, for the reason in the message.
  case refused
}

/// The one terminal row of a conjecture.
public struct OutcomeRow: Hashable, Sendable {
  public var job: JobID
  public var kind: OutcomeKind
  /// Nodes expanded by the search.
  public var expansions: Int
  /// Log-probability (natural) of the proof under the policy that found it.
  public var logProbability: Double?
  /// Difficulty bucket, such as `hard`.
  public var difficulty: String?
  public var message: String?

  public init(
    job: JobID, kind: OutcomeKind, expansions: Int, logProbability: Double? = nil,
    difficulty: String? = nil, message: String? = nil
  ) {
    self.job = job
    self.kind = kind
    self.expansions = expansions
    self.logProbability = logProbability
    self.difficulty = difficulty
    self.message = message
  }
}

/// A theorem relabeled from something proved inside a search.
public struct HindsightRow: Hashable, Sendable {
  public var id: HindsightID
  public var statement: String
  /// Hash of the statement up to the names of bound variables.
  public var statementHash: String
  /// Log-probability (natural) of its proof under the policy that found it.
  public var logProbability: Double?
  /// Difficulty bucket, such as `hard`.
  public var difficulty: String?

  public init(
    id: HindsightID, statement: String, statementHash: String, logProbability: Double? = nil,
    difficulty: String? = nil
  ) {
    self.id = id
    self.statement = statement
    self.statementHash = statementHash
    self.logProbability = logProbability
    self.difficulty = difficulty
  }
}

/// A checked proof of a conjecture or of a hindsight theorem.
public struct ProofRow: Hashable, Sendable {
  /// What is proved.
  public enum Subject: Hashable, Sendable {
    case conjecture(JobID)
    case hindsight(HindsightID)

    /// The conjecture whose search found the proof.
    public var job: JobID {
      switch self {
      case .conjecture(let job): job
      case .hindsight(let id): id.job
      }
    }
  }

  public var subject: Subject
  public var statement: String
  /// The proof as a script that can be checked again.
  public var script: String
  /// The proof as a certificate, which stands for itself.
  public var certificate: String

  public init(subject: Subject, statement: String, script: String, certificate: String) {
    self.subject = subject
    self.statement = statement
    self.script = script
    self.certificate = certificate
  }

  /// SHA-256 of the row: the name under which the proof is stored.
  public var sha256: Digest { Self.table.hash(values) }
}

/// How many training examples of one kind an iteration produced.
public struct ExampleCountRow: Hashable, Sendable {
  public var iteration: Int
  public var kind: String
  public var count: Int

  public init(iteration: Int, kind: String, count: Int) {
    self.iteration = iteration
    self.kind = kind
    self.count = count
  }
}

/// A measured quantity that the seed determines, such as a loss. Part of the run hash.
public struct MetricRow: Sendable {
  public var iteration: Int
  public var name: String
  /// The value; every not-a-number is stored as the same one.
  public var value: Double

  public init(iteration: Int, name: String, value: Double) {
    self.iteration = iteration
    self.name = name
    self.value = value
  }
}

/// A wall or processor time. Not part of the run hash: two runs with the same seed differ in it.
public struct TimingRow: Sendable {
  public var iteration: Int
  public var name: String
  public var seconds: Double

  public init(iteration: Int, name: String, seconds: Double) {
    self.iteration = iteration
    self.name = name
    self.seconds = seconds
  }
}

/// A file of a checkpoint: its name, size in bytes and SHA-256.
public struct CheckpointRow: Hashable, Sendable {
  public var iteration: Int
  public var name: String
  public var bytes: Int
  public var sha256: String
}

/// A committed iteration.
public struct IterationRow: Hashable, Sendable {
  public var iteration: Int
  /// The chain hash of the iteration before.
  public var previousChain: String
  /// SHA-256 over the previous chain hash and the hashes of all rows of this iteration.
  public var chain: String
}
