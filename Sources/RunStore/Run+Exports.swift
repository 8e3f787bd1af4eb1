import Glibc

/// Files that programs keep in `exports/`: what was found out about a run after it was written.
extension Run {
  /// The bytes of a file in `exports/`; nil if there is none.
  ///
  /// - Throws: `StoreError.tooLarge`; `.damaged` for a link or a folder; `.io`.
  public func readExport(_ name: String, limit: Int) throws(StoreError) -> [UInt8]? {
    let path = exportPath(name)
    guard try fileKind(path) != nil else { return nil }
    return try readFile(path, limit: limit)
  }

  /// Replaces a file in `exports/` in one step that survives a crash, and takes it into the seal.
  ///
  /// - Throws: `StoreError.io`.
  public func writeExport(_ name: String, _ bytes: [UInt8]) throws(StoreError) {
    try makeFolders(layout.exports)
    try replaceFile(exportPath(name), bytes)
    try Run.sealExports(at: path)
  }

  private func exportPath(_ name: String) -> String {
    precondition(
      CheckpointFile.isValid(name: name), "'\(name)' cannot be the name of a file in exports/")
    return layout.exports + "/" + name
  }
}
