import Glibc

/// An open file or folder; closed when it goes out of scope.
///
/// Foundation's atomic write does not sync the folder that holds the file, so a rename could be
/// lost with the power; these are the plain calls, with interruptions and short writes handled.
struct Descriptor: ~Copyable, Sendable {
  let number: Int32
  let path: String

  init(
    opening path: String, _ flags: Int32, mode: mode_t = 0o644
  ) throws(StoreError) {
    number = try check("open", path) { open(path, flags | O_CLOEXEC, mode) }
    self.path = path
  }

  /// Opens `name` inside the folder, without following a link.
  init(
    in folder: borrowing Descriptor, opening name: String, _ flags: Int32
  ) throws(StoreError) {
    let path = folder.path + "/" + name
    let parent = folder.number
    number = try check("open", path) { openat(parent, name, flags | O_CLOEXEC | O_NOFOLLOW) }
    self.path = path
  }

  deinit { close(number) }

  func status() throws(StoreError) -> stat {
    var status = stat()
    try check("stat", path) { fstat(number, &status) }
    return status
  }

  func sync() throws(StoreError) {
    try check("fsync", path) { fsync(number) }
  }

  func write(_ bytes: [UInt8]) throws(StoreError) {
    var offset = 0
    while offset < bytes.count {
      offset += try check("write", path) {
        bytes.withUnsafeBytes {
          Glibc.write(number, $0.baseAddress! + offset, min(bytes.count - offset, 1 << 30))
        }
      }
    }
  }

  /// The whole of a regular file of at most `limit` bytes.
  func read(limit: Int) throws(StoreError) -> [UInt8] {
    let status = try status()
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .damaged(place: path, reason: "not a regular file")
    }
    guard status.st_size <= limit else {
      throw .tooLarge(path: path, bytes: Int(status.st_size), limit: limit)
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var filled = 0
    while filled < bytes.count {
      let count = try check("read", path) {
        bytes.withUnsafeMutableBytes {
          pread(number, $0.baseAddress! + filled, min($0.count - filled, 1 << 30), off_t(filled))
        }
      }
      if count == 0 { break }
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }
}

/// Repeats `call` while a signal interrupts it; a negative result becomes an error with its reason.
@discardableResult
func check<Result: SignedInteger>(
  _ operation: String, _ path: String, _ call: () -> Result
) throws(StoreError) -> Result {
  while true {
    let result = call()
    if result >= 0 { return result }
    let code = errno
    if code == EINTR { continue }
    throw .io(
      operation: operation, path: path, code: code, reason: String(cString: strerror(code)))
  }
}

/// The whole of the regular file at `path`; a final link is refused.
func readFile(_ path: String, limit: Int) throws(StoreError) -> [UInt8] {
  if let kind = try fileKind(path), kind != S_IFREG {
    throw .damaged(place: path, reason: "not a regular file")
  }
  return try Descriptor(opening: path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).read(limit: limit)
}

/// Writes a new file and waits until it is on the disk.
func writeFile(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o644) throws(StoreError) {
  let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
  try file.write(bytes)
  try file.sync()
}

/// Replaces the file at `path` in one step that survives a crash.
func replaceFile(_ path: String, _ bytes: [UInt8]) throws(StoreError) {
  let temporary = path + ".tmp"
  try removeTree(temporary)
  do throws(StoreError) {
    try writeFile(temporary, bytes)
    try rename(temporary, to: path)
  } catch {
    try? removeTree(temporary)
    throw error
  }
  try syncFolder(parentFolder(of: path))
}

func rename(_ path: String, to target: String) throws(StoreError) {
  try check("rename", target) { Glibc.rename(path, target) }
}

func syncFolder(_ path: String) throws(StoreError) {
  try Descriptor(opening: path, O_RDONLY | O_DIRECTORY).sync()
}

/// Makes the folder and the missing ones above it.
func makeFolders(_ path: String) throws(StoreError) {
  if try fileKind(path) == S_IFDIR { return }
  let parent = parentFolder(of: path)
  if parent != path { try makeFolders(parent) }
  do throws(StoreError) {
    try makeFolder(path)
  } catch {
    if case .io(_, _, EEXIST, _) = error, try fileKind(path) == S_IFDIR { return }
    throw error
  }
  try syncFolder(parent)
}

func makeFolder(_ path: String) throws(StoreError) {
  try check("mkdir", path) { mkdir(path, 0o755) }
}

/// The names in a folder, sorted.
func names(in path: String) throws(StoreError) -> [String] {
  guard let folder = opendir(path) else {
    let code = errno
    throw .io(
      operation: "opendir", path: path, code: code, reason: String(cString: strerror(code)))
  }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// The kind of file at `path` (`S_IFREG`, `S_IFDIR`, …), or nil if there is none. A final link is
/// not followed.
func fileKind(_ path: String) throws(StoreError) -> mode_t? {
  try fileStatus(path).map { $0.st_mode & S_IFMT }
}

/// What the system knows of the file at `path`, or nil if there is none. A final link is not
/// followed.
func fileStatus(_ path: String) throws(StoreError) -> stat? {
  var status = stat()
  do throws(StoreError) {
    try check("stat", path) { lstat(path, &status) }
  } catch .io(_, _, ENOENT, _) {
    return nil
  } catch .io(_, _, ENOTDIR, _) {
    return nil
  }
  return status
}

/// Removes the file or folder, if there is one. Links are removed, not followed.
func removeTree(_ path: String) throws(StoreError) {
  switch try fileKind(path) {
  case nil: return
  case S_IFDIR:
    for name in try names(in: path) { try removeTree(path + "/" + name) }
    try check("rmdir", path) { rmdir(path) }
  default: try check("unlink", path) { unlink(path) }
  }
}

/// The folder that holds `path`, which must not end in a slash.
func parentFolder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
