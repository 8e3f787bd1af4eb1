/// What a run was started with: the immutable content of `run.json`.
public struct RunDescription: Hashable, Sendable {
  /// The version of the program that started the run.
  public var programVersion: String
  public var seed: UInt64
  public var domain: String
  /// Hash of the theory, as the kernel computes it.
  public var theoryHash: String
  /// Settings by name. A number without a fraction reads back as an integer.
  public var configuration: [String: JSONValue]

  public init(
    programVersion: String, seed: UInt64, domain: String, theoryHash: String,
    configuration: [String: JSONValue] = [:]
  ) {
    self.programVersion = programVersion
    self.seed = seed
    self.domain = domain
    self.theoryHash = theoryHash
    self.configuration = configuration
  }
}

extension RunDescription {
  static let format = 1
  static let sizeLimit = 1 << 20

  /// The seed is written as text, because readers of JSON round integers over 2^53.
  var text: String {
    let value: JSONValue = [
      "format": .integer(Int64(Self.format)), "programVersion": .string(programVersion),
      "seed": .string(String(seed)), "domain": .string(domain),
      "theoryHash": .string(theoryHash), "configuration": .object(configuration),
    ]
    return value.text(indented: true) + "\n"
  }

  init(parsing bytes: [UInt8], path: String) throws(StoreError) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw .malformed(path: path, reason: "not JSON")
    }
    guard case .object(let members) = value else {
      throw .malformed(path: path, reason: "not a JSON object")
    }
    guard case .integer(let format)? = members["format"], format >= 1 else {
      throw .malformed(path: path, reason: "no \"format\" number")
    }
    guard format <= Self.format else {
      throw .newerFormat(path: path, found: Int(format), supported: Self.format)
    }
    func string(_ key: String) throws(StoreError) -> String {
      guard case .string(let text)? = members[key] else {
        throw .malformed(path: path, reason: "no \"\(key)\" string")
      }
      return text
    }
    programVersion = try string("programVersion")
    domain = try string("domain")
    theoryHash = try string("theoryHash")
    guard let seed = UInt64(try string("seed")) else {
      throw .malformed(path: path, reason: "\"seed\" is not an unsigned 64-bit number")
    }
    self.seed = seed
    guard case .object(let configuration)? = members["configuration"] else {
      throw .malformed(path: path, reason: "no \"configuration\" object")
    }
    self.configuration = configuration
  }
}
