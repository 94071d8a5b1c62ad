/// What the samples of a profile refer to by number: texts, functions, locations and modules, each
/// of them once.
///
/// Texts count from 0, which is the empty one; all others from 1.
struct PprofTables {
    private struct Function: Hashable {
        var name: Int64
        var file: Int64
    }

    private struct Location: Hashable {
        var module: Int64
        var function: Int64
        var line: Int64
        // Not written. Two frames that differ in this alone are two locations, so that stacks
        // are only joined when they have the same author.
        var isOwn: Bool
    }

    private var texts = Numbered<String>(first: 0)
    private var modules = Numbered<String>(first: 1)
    private var functions = Numbered<Function>(first: 1)
    private var locations = Numbered<Location>(first: 1)

    /// Begins with the modules of the user's own code: the first of all is the main program.
    init(samples: [ProfileSample]) {
        _ = texts.number(of: "")
        for sample in samples {
            for frame in sample.stack where frame.isOwn {
                if let module = frame.module { _ = modules.number(of: module) }
            }
        }
    }

    /// The number of a text.
    mutating func text(_ text: String) -> Int64 { texts.number(of: text) }

    /// The number of a frame's location.
    mutating func location(_ frame: ProfileFrame) -> Int64 {
        let function = functions.number(
            of: Function(name: text(frame.function), file: text(frame.file ?? "")))
        let module = frame.module.map { modules.number(of: $0) } ?? 0
        return locations.number(
            of: Location(
                module: module, function: function, line: Int64(frame.line ?? 0),
                isOwn: frame.isOwn))
    }

    /// Writes the fields 3 to 6 of the profile.
    ///
    /// No text may be asked for after this.
    mutating func write(to writer: inout ProtobufWriter) {
        for (index, module) in modules.all.enumerated() {
            let name = text(module)
            writer.message(3) {
                $0.number(1, Int64(index + 1))
                $0.number(5, name)
                // All is said: no reader has to look for the file and for what it knows.
                for field in 7...10 { $0.flag(field, true) }
            }
        }
        for (index, location) in locations.all.enumerated() {
            writer.message(4) {
                $0.number(1, Int64(index + 1))
                $0.number(2, location.module)
                $0.message(4) {
                    $0.number(1, location.function)
                    $0.number(2, location.line)
                }
            }
        }
        for (index, function) in functions.all.enumerated() {
            writer.message(5) {
                $0.number(1, Int64(index + 1))
                $0.number(2, function.name)
                $0.number(3, function.name)
                $0.number(4, function.file)
            }
        }
        for text in texts.all { writer.text(6, text) }
    }
}

/// Things in the order in which they came, each once and with its number.
struct Numbered<Element: Hashable> {
    let first: Int64
    private(set) var all: [Element] = []
    private var numbers: [Element: Int64] = [:]

    init(first: Int64) { self.first = first }

    mutating func number(of element: Element) -> Int64 {
        if let number = numbers[element] { return number }
        let number = first + Int64(all.count)
        numbers[element] = number
        all.append(element)
        return number
    }
}
