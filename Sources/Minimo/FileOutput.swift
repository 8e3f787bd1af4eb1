#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file being written that appears under its name when it is complete.
///
/// Devices and pipes are written in place.
package struct FileOutput: ~Copyable {
  package let path: String
  private let draft: String?
  private let descriptor: Int32

  /// - Throws: `.file`, before any work is done for it.
  package init(path: String) throws(MinimoError) {
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT == S_IFDIR {
      throw .file(path: path, reason: "is a folder; give the name of a file")
    }
    let isDevice = exists && status.st_mode & S_IFMT != S_IFREG
    let draft = isDevice ? nil : "\(path).writing-\(getpid())"
    let flags = O_WRONLY | O_CLOEXEC | (isDevice ? 0 : O_CREAT | O_EXCL)
    let descriptor = open(draft ?? path, flags, 0o644)
    guard descriptor >= 0 else {
      throw .file(path: path, reason: "cannot be written: \(String(cString: strerror(errno)))")
    }
    self.path = path
    self.draft = draft
    self.descriptor = descriptor
  }

  /// Writes the whole text and gives the file its name.
  ///
  /// - Throws: `.file`; what was there before is still there.
  package consuming func finish(_ text: String) throws(MinimoError) {
    var reason = FileOutput.write(Array(text.utf8), to: descriptor)
    if reason == nil, let draft {
      if fsync(descriptor) != 0 || rename(draft, path) != 0 {
        reason = String(cString: strerror(errno))
      }
    }
    if let reason { throw .file(path: path, reason: "cannot be written: \(reason)") }
  }

  deinit {
    close(descriptor)
    // After the renaming there is nothing left to remove.
    if let draft { unlink(draft) }
  }

  /// Writes all bytes; returns the system's reason if it could not.
  package static func write(_ bytes: [UInt8], to descriptor: Int32) -> String? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress!, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, -1)
      } else if errno != EINTR {
        return String(cString: strerror(errno))
      }
    }
    return nil
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  #if canImport(Glibc)
    Glibc.write(descriptor, bytes, count)
  #elseif canImport(Musl)
    Musl.write(descriptor, bytes, count)
  #else
    Darwin.write(descriptor, bytes, count)
  #endif
}
