#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of a file, refused beyond `limit`.
///
/// - Throws: `.file` with the system's reason.
func readFile(_ path: String, limit: Int) throws(MinimoError) -> [UInt8] {
  func failure() -> MinimoError {
    .file(path: path, reason: "cannot be read: \(String(cString: strerror(errno)))")
  }
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw failure() }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw failure() }
  guard status.st_mode & S_IFMT != S_IFDIR else {
    throw .file(path: path, reason: "is a folder; give a file")
  }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &buffer, buffer.count)
    if count < 0 {
      if errno == EINTR { continue }
      throw failure()
    }
    if count == 0 { return bytes }
    bytes += buffer[..<count]
    guard bytes.count <= limit else {
      throw .file(path: path, reason: "is larger than \(limit) bytes")
    }
  }
}
