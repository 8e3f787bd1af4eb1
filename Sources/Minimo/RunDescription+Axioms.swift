public import RunStore

extension RunDescription {
  /// The hash of the axioms of the domain that comes with this program under the run's name; nil if
  /// none does.
  public var shippedTheoryHash: String? {
    Domain.shipped.contains(domain) ? (try? Domain(named: domain))?.hash : nil
  }

  /// What a reader must know where the run is named like a domain that comes with this program and
  /// has other axioms: they were edited, or come from another version. Nil if that is not so.
  public var axiomWarning: String? {
    guard let shipped = shippedTheoryHash, shipped != theoryHash else { return nil }
    return "the axioms of this run are not those of the domain \(domain) of minimo "
      + "\(Minimo.version), whose theory hash is \(shipped); theory.p in the run folder has them"
  }

  /// The warning for a terminal, after `first`, in lines of at most 100 characters; nil if there is
  /// none.
  public func axiomWarningText(after first: String) -> String? {
    axiomWarning.map {
      wrapped($0, first: first, width: RunReport.textWidth).joined(separator: "\n") + "\n"
    }
  }

  /// The domain and the hash of the axioms, fit for a terminal.
  public var axiomSummary: String {
    "\(domain), theory hash \(theoryHash)".plain().clipped(to: 400)
  }
}
