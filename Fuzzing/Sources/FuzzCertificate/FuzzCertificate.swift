import Export
import FuzzDriver
import Kernel

/// Whatever the bytes, a certificate is read and checked by the kernel, or refused with a line of
/// the text; there is one text for each certificate.
@main struct FuzzCertificate {
  static func main() {
    fuzz { start, count in
      let bytes = repaired([UInt8](start, count))
      do throws(CertificateError) {
        let certificate = try Certificate(bytes: bytes)
        require(Array(certificate.text.utf8) == bytes, "two texts of one certificate")
        _ = try certificate.check(limits: KernelLimits(steps: 200_000, recursion: 2_000))
      } catch {
        let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
        require(1...lines ~= error.line && !error.reason.isEmpty, "\(error)")
      }
      return 0
    }
  }
}
