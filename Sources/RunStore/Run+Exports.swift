import Glibc
import Hashing

/// Files that programs keep in `exports/`: what was found out about a run after it was written.
extension Run {
  /// The bytes of a file in `exports/`; nil if there is none.
  ///
  /// - Throws: `StoreError.tooLarge`; `.damaged` for a link or a folder, and for a file that is not
  ///   what `SHA256SUMS` says it was; `.io`.
  public func readExport(_ name: String, limit: Int) throws(StoreError) -> [UInt8]? {
    let path = exportPath(name)
    while true {
      let digest = try sealedDigest(ofExport: name)
      guard try fileKind(path) != nil else { return nil }
      let bytes = try readFile(path, limit: limit)
      // Someone may be replacing it.
      guard try sealedDigest(ofExport: name) == digest else { continue }
      guard digest == nil || digest == SHA256.hash(bytes).hex else {
        throw .damaged(
          place: path,
          reason: "it does not have the SHA-256 that SHA256SUMS has for it "
            + "('minimo check-truth --anew' makes truth.json again)")
      }
      return bytes
    }
  }

  /// Replaces a file in `exports/` in one step that survives a crash, and takes it into the seal.
  ///
  /// - Throws: `StoreError.io`.
  public func writeExport(_ name: String, _ bytes: [UInt8]) throws(StoreError) {
    try makeFolders(layout.exports)
    try unsealExport(name)
    try replaceFile(exportPath(name), bytes)
    try Run.sealExports(at: path, written: [exportPath(name)])
  }

  private func exportPath(_ name: String) -> String {
    precondition(
      CheckpointFile.isValid(name: name), "'\(name)' cannot be the name of a file in exports/")
    return layout.exports + "/" + name
  }
}
