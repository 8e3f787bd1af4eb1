#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A program run in a process group of its own, with limits.
///
/// The limits are set by the system's shell, which then becomes the program: its script is
/// constant, and what varies are arguments that it hands on unread.
struct Subprocess {
  let path: String
  let arguments: [String]
  /// Wall-clock and processor seconds.
  let seconds: Double
  /// Address space, in MiB.
  let memory: Int
  /// Asked every tenth of a second; true ends the program.
  var isCancelled: @Sendable () -> Bool = { false }

  static let maximalOutput = 1 << 20

  enum Outcome: Sendable {
    /// What it printed on both streams, and its exit code; nil if a signal ended it.
    case finished(output: String, code: Int32?)
    case outOfTime(output: String)
    case cancelled
    case failed(reason: String)
  }

  /// The first executable file of that name on the search path.
  static func find(_ name: String) -> String? {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first {
      var status = stat()
      return stat($0, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        && access($0, X_OK) == 0
    }
  }

  /// Runs the program to its end, which comes at the latest when its time is over.
  func run() -> Outcome {
    var pipeEnds: [Int32] = [-1, -1]
    guard pipe(&pipeEnds) == 0 else { return .failed(reason: reason(errno)) }
    let reader = pipeEnds[0]
    defer { close(reader) }
    for end in pipeEnds { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let spawned = spawn(writer: pipeEnds[1])
    close(pipeEnds[1])
    guard case .success(let child) = spawned else {
      if case .failure(let failure) = spawned { return .failed(reason: failure.reason) }
      return .failed(reason: "")
    }
    let (output, isComplete) = readAll(reader, until: ContinuousClock.now + .seconds(seconds + 0.5))
    // Also what it may have started itself.
    if !isComplete { kill(-child, SIGKILL) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    kill(-child, SIGKILL)
    if !isComplete { return isCancelled() ? .cancelled : .outOfTime(output: output) }
    return .finished(output: output, code: status & 0x7F == 0 ? status >> 8 & 0xFF : nil)
  }

  private struct SpawnFailure: Error { let reason: String }

  private func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

  private func spawn(writer: Int32) -> Result<pid_t, SpawnFailure> {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, writer, 1)
    posix_spawn_file_actions_adddup2(&actions, writer, 2)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    let script = "ulimit -c 0; ulimit -t \"$1\"; ulimit -v \"$2\"; shift 2; exec \"$@\""
    let processorSeconds = String(Int(max(1, (seconds + 1).rounded(.up))))
    let words =
      ["sh", "-c", script, "sh", processorSeconds, String(memory << 10), path] + arguments
    let argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    let variables = ["LC_ALL=C", "PATH=/usr/bin:/bin"]
    let environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
    defer { for word in argv + environment { free(word) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, "/bin/sh", &actions, &attributes, argv, environment)
    return code == 0 ? .success(child) : .failure(SpawnFailure(reason: reason(code)))
  }

  /// Everything up to the end of the stream; false if that did not come in time, there was too
  /// much, or it was cancelled.
  private func readAll(
    _ descriptor: Int32, until deadline: ContinuousClock.Instant
  ) -> (output: String, isComplete: Bool) {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let left = ContinuousClock.now.duration(to: deadline).components
      let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
      guard milliseconds > 0, bytes.count <= Subprocess.maximalOutput, !isCancelled() else {
        return (String(decoding: bytes, as: UTF8.self), false)
      }
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, Int32(min(milliseconds, 100))) > 0 else { continue }
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 {
        bytes += buffer[..<count]
      } else if count == 0 || errno != EINTR {
        return (String(decoding: bytes, as: UTF8.self), true)
      }
    }
  }
}

/// A file for a subprocess to read, removed when this goes out of scope.
struct TemporaryFile: ~Copyable {
  let path: String

  private init(path: String) { self.path = path }

  deinit { unlink(path) }

  /// Nil if it cannot be written.
  static func write(_ text: String, suffix: String) -> TemporaryFile? {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/minimo-XXXXXX\(suffix)".utf8CString)
    let descriptor = mkstemps(&template, Int32(suffix.utf8.count))
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let name = template.dropLast().map { UInt8(bitPattern: $0) }
    let file = TemporaryFile(path: String(decoding: name, as: UTF8.self))
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Self.write(descriptor, $0) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        return nil
      }
    }
    return file
  }

  private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Darwin)
      Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
      Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }
}
