import Foundation
import Minimo

/// A folder for one test, removed at its end.
struct Scratch: ~Copyable {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory.path + "/minimo-tests-\(UUID().uuidString)"
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A training that takes a tenth of a second.
var tinyConfiguration: AgentConfiguration {
  var configuration = AgentConfiguration()
  configuration.seed = 11
  configuration.iterations = 2
  configuration.conjectures = 6
  configuration.expansions = 20
  configuration.width = 32
  configuration.learning.steps = 3
  return configuration
}

/// A domain that is not among the shipped ones.
let middles = """
  P : type.
  origin : P.
  middle : [P -> P -> P].
  middle_swap : [('a : P) -> ('b : P) -> (= (middle 'a 'b) (middle 'b 'a))].
  #forward middle_swap ((middle 'a 'b) : P).
  middle_same : [('a : P) -> (= (middle 'a 'a) 'a)].
  #forward middle_same ((middle 'a 'a) : P).
  #premises middle_swap middle_same eq_refl eq_symm rewrite.
  """

/// The error that `body` throws; nil if it throws nothing.
func failure<Result>(_ body: () throws(MinimoError) -> Result) -> MinimoError? {
  do throws(MinimoError) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}
