/// The calls of all stacks from the outermost in, each with its sockets.
struct FlameTree {
    /// What makes two frames one box; the line does not.
    struct Function: Hashable {
        var name: String
        var file: String?
        var module: String?
        var isOwn: Bool

        /// Texts by which functions are put in order: no two have the same.
        fileprivate var order: [String] { [name, file ?? "", module ?? "", isOwn ? "" : "-"] }
    }

    /// A function below the chain of its callers.
    struct Node {
        var function: Function
        /// Those lines in the function that were called from.
        var lines: Set<Int> = []
        var count: Int64 = 0
        var children: [Int] = []
    }

    /// A node where it is drawn: `start` is how many sockets are left of it.
    struct Box {
        var node: Int
        var depth: Int
        var start: Int64
    }

    /// How many calls deep a tree is; the kernel gives 127 frames (perf_event_open(2)), to which
    /// inlined calls and a second goroutine may add.
    static let mostDepth = 512
    /// The most that one stack counts: far more sockets than a process has, and no sum overflows.
    private static let mostSockets: Int64 = 1 << 32

    private struct Edge: Hashable {
        var parent: Int
        var function: Function
    }

    /// The first is the root, which has no function of its own.
    private(set) var nodes: [Node] = [
        Node(function: Function(name: "all", file: nil, module: nil, isOwn: false))
    ]
    /// How many sockets have a stack that is deeper than is kept.
    private(set) var cutShort: Int64 = 0

    /// All sockets.
    var total: Int64 { nodes[0].count }

    /// Adds up the stacks; those that count nothing have no part in it.
    init(_ samples: [ProfileSample], value: ProfileValue) {
        var edges: [Edge: Int] = [:]
        for sample in samples where sample[value] > 0 {
            let count = min(sample[value], Self.mostSockets)
            var place = 0
            nodes[0].count += count
            let stack = sample.shownStack
            if stack.count > Self.mostDepth { cutShort += count }
            for frame in stack.reversed().prefix(Self.mostDepth) {
                let function = Function(
                    name: frame.function, file: frame.file, module: frame.module,
                    isOwn: frame.isOwn)
                let edge = Edge(parent: place, function: function)
                if let known = edges[edge] {
                    place = known
                } else {
                    edges[edge] = nodes.count
                    nodes[place].children.append(nodes.count)
                    place = nodes.count
                    nodes.append(Node(function: function))
                }
                nodes[place].count += count
                if let line = frame.line { nodes[place].lines.insert(line) }
            }
        }
    }

    /// Every node, callers before what they called; of what one caller called the most sockets
    /// first, and names in order where these are equal.
    func boxes() -> [Box] {
        var boxes: [Box] = []
        var waiting = [Box(node: 0, depth: 0, start: 0)]
        while let box = waiting.popLast() {
            boxes.append(box)
            var start = box.start
            let children = nodes[box.node].children.sorted { isBefore($0, $1) }
            var placed: [Box] = []
            for child in children {
                placed.append(Box(node: child, depth: box.depth + 1, start: start))
                start += nodes[child].count
            }
            waiting += placed.reversed()
        }
        return boxes
    }

    private func isBefore(_ one: Int, _ other: Int) -> Bool {
        let (first, second) = (nodes[one], nodes[other])
        if first.count != second.count { return first.count > second.count }
        return first.function.order.lexicographicallyPrecedes(second.function.order)
    }
}
