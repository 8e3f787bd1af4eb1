import ArgumentParser
import Minimo

struct ProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "prove", abstract: "x")
}
