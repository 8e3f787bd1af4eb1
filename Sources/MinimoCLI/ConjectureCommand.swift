import ArgumentParser
import Minimo

struct ConjectureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "conjecture", abstract: "x")
}
