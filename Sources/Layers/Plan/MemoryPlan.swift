/// Where each value of a graph is kept while it is needed.
///
/// Temporary values share one allocation, in slots whose sizes are a number of columns times a
/// symbolic number of rows. So offsets are linear in the numbers of rows, and are known for a batch
/// without looking at the graph again. A value takes the slot of one that is not needed any more.
struct MemoryPlan: Sendable {
  /// How many rows a slot has.
  enum Extent: Hashable, Sendable, CustomStringConvertible {
    case rows(Rows)
    /// Those of one block.
    case block

    var description: String {
      switch self {
      case .rows(let rows): "\(rows)"
      case .block: "B"
      }
    }

    /// Whether `other` rows are never more than these.
    func covers(_ other: Extent) -> Bool {
      switch (self, other) {
      case _ where self == other: true
      case (.rows(.keys), .rows(.batch)), (.rows(.keys), .rows(.read)): true
      case (.rows(.batch), .rows(.read)): true
      case (.rows(.fixed(let own)), .rows(.fixed(let count))): count <= own
      default: false
      }
    }
  }

  struct Slot: Sendable, Hashable {
    let extent: Extent
    /// Floats of a row.
    var columns: Int

    /// Floats of so many rows, up to a multiple of 16: tiles read 16 rows at a time, the last ones
    /// too, and the next slot begins a line of memory.
    func size(rows: Int) -> Int { (rows + 15) / 16 * 16 * columns }
  }

  enum Place: Sendable, Hashable {
    /// Parameters, and what was folded.
    case constant
    /// The memory of a result, the first if it is several.
    case output(Int)
    /// A slot, and the value whose memory it takes over.
    case slot(Int, replacing: Graph.Value?)
  }

  private(set) var slots: [Slot] = []
  private(set) var places: [Place]
  /// Which values are kept as bf16, two in the memory of a float.
  let rounded: RoundedValues
  /// Whether all rows of a value exist at once, not only those of a block.
  private(set) var isWhole: [Bool]

  /// - Parameter reusesMemory: whether slots are taken again; if not each value has its own.
  init(
    _ graph: Graph, _ schedule: Schedule, _ rounded: RoundedValues, reusesMemory: Bool = true
  ) {
    self.rounded = rounded
    let count = graph.nodes.count
    places = Array(repeating: .constant, count: count)
    isWhole = Array(repeating: true, count: count)
    for (index, value) in graph.outputs.enumerated() {
      precondition(
        schedule.step[value] >= 0, "output \(graph.nodes[value].label) depends on no batch")
      if places[value] == .constant { places[value] = .output(index) }
    }
    let uses = Self.uses(graph)
    for value in 0..<count where places[value] == .constant && schedule.step[value] >= 0 {
      let step = schedule.step[value]
      // Within its step it is only read row by row: anything else would be in a later one.
      isWhole[value] =
        schedule.steps[step].blockedRows == nil
        || uses[value].contains { schedule.step[$0] != step }
    }
    // Values that share memory are one: the first of them, and its last use is the last of all.
    var root = Array(0..<count)
    var end = (0..<count).map { value in
      uses[value].reduce(schedule.position[value]) { max($0, schedule.position[$1]) }
    }
    var endStep = (0..<count).map { value in
      uses[value].reduce(schedule.step[value]) { max($0, schedule.step[$1]) }
    }
    let order = schedule.steps.flatMap(\.values)
    if reusesMemory {
      for value in order where places[value] == .constant {
        let node = graph.nodes[value]
        guard let place = node.operation.replacedOperand else { continue }
        let replaced = node.operands[place], owner = root[replaced]
        guard !graph.nodes[replaced].operation.isLeaf, places[owner] == .constant,
          node.operands.count(where: { $0 == replaced }) == 1,
          end[replaced] == schedule.position[value], graph.nodes[owner].rows == node.rows,
          graph.nodes[owner].columns == node.columns, rounded[owner] == rounded[value],
          isWhole[owner] || !isWhole[value],
          // Whoever reads other rows of it in this step would find some of them gone.
          uses[replaced].allSatisfy({ use in
            schedule.step[use] != schedule.step[value]
              || graph.nodes[use].operands.enumerated().allSatisfy {
                $1 != replaced || graph.nodes[use].operation.rowOperands.contains($0)
              }
          })
        else { continue }
        root[value] = owner
        isWhole[value] = isWhole[owner]
        end[owner] = max(end[owner], end[value])
        endStep[owner] = max(endStep[owner], endStep[value])
      }
    }
    assignSlots(
      graph, schedule, root: root, end: end, endStep: endStep, reusesMemory: reusesMemory)
  }

  private static func uses(_ graph: Graph) -> [[Graph.Value]] {
    var uses = Array(repeating: [Graph.Value](), count: graph.nodes.count)
    for (value, node) in graph.nodes.enumerated() {
      for operand in node.operands { uses[operand].append(value) }
    }
    return uses
  }

  private mutating func assignSlots(
    _ graph: Graph, _ schedule: Schedule, root: [Int], end: [Int], endStep: [Int],
    reusesMemory: Bool
  ) {
    var isFree: [Bool] = []
    func needsSlot(_ value: Graph.Value) -> Bool { places[value] == .constant }
    func slot(of value: Graph.Value) -> Int? {
      if case .slot(let slot, _) = places[value] { slot } else { nil }
    }
    for (index, step) in schedule.steps.enumerated() {
      // Whole values live from the first block of a step to the last block of another.
      for value in step.values where needsSlot(value) && isWhole[value] && root[value] == value {
        take(.rows(graph.nodes[value].rows), for: value, graph, &isFree, reusesMemory)
      }
      for value in step.values {
        if needsSlot(value) && root[value] == value {
          take(.block, for: value, graph, &isFree, reusesMemory)
        } else if needsSlot(value), let shared = slot(of: root[value]) {
          let operand = graph.nodes[value].operation.replacedOperand!
          places[value] = .slot(shared, replacing: graph.nodes[value].operands[operand])
        }
        for other in step.values where root[other] == other && !isWhole[other] {
          if let slot = slot(of: other), end[other] == schedule.position[value] {
            isFree[slot] = true
          }
        }
      }
      for other in graph.nodes.indices where endStep[other] == index && isWhole[other] {
        if root[other] == other, let slot = slot(of: other) { isFree[slot] = true }
      }
    }
  }

  private mutating func take(
    _ extent: Extent, for value: Graph.Value, _ graph: Graph, _ isFree: inout [Bool],
    _ reusesMemory: Bool
  ) {
    let columns = rounded.columns(value, of: graph)
    let free = slots.indices.filter {
      isFree[$0] && reusesMemory && slots[$0].extent.covers(extent)
    }
    // The narrowest that is wide enough; else the widest of the same rows, made wider.
    let wide = free.filter { slots[$0].columns >= columns }.min {
      (slots[$0].extent == extent ? 0 : 1, slots[$0].columns)
        < (slots[$1].extent == extent ? 0 : 1, slots[$1].columns)
    }
    let narrow = free.filter { slots[$0].extent == extent }.max {
      slots[$0].columns < slots[$1].columns
    }
    if let slot = wide ?? narrow {
      slots[slot].columns = max(slots[slot].columns, columns)
      isFree[slot] = false
      places[value] = .slot(slot, replacing: nil)
    } else {
      places[value] = .slot(slots.count, replacing: nil)
      slots.append(Slot(extent: extent, columns: columns))
      isFree.append(false)
    }
  }
}
