extension RustPrinter {
    /// Writes a path; in a value, its generic arguments stand behind `::`.
    mutating func printPath(isValue: Bool) throws(Damage) {
        try nested { printer throws(Damage) in
            try printer.printPathInside(isValue: isValue)
        }
    }

    private mutating func printPathInside(isValue: Bool) throws(Damage) {
        let letter = try next()
        switch Unicode.Scalar(letter) {
        case "C":
            _ = try number(after: "s")
            try write(identifier())
        case "N":
            try printNested(isValue: isValue)
        case "M", "X":
            // Where the implementation stands says nothing to people.
            _ = try number(after: "s")
            try hiding { printer throws(Damage) in try printer.printPath(isValue: false) }
            try printImplementation(hasTrait: letter == UInt8(ascii: "X"))
        case "Y":
            try printImplementation(hasTrait: true)
        case "I":
            try printPath(isValue: isValue)
            try write(isValue ? "::<" : "<")
            try list(", ") { printer throws(Damage) in try printer.printArgument() }
            try write(">")
        case "B":
            try referring { printer throws(Damage) in try printer.printPath(isValue: isValue) }
        default:
            throw Damage()
        }
    }

    private mutating func printNested(isValue: Bool) throws(Damage) {
        let space = Unicode.Scalar(try next())
        try printPath(isValue: isValue)
        let number = try number(after: "s")
        let name = try identifier()
        switch space {
        case "a"..."z":
            if !name.isEmpty {
                try write("::")
                try write(name)
            }
        case "A"..."Z":
            // What has no name in the source.
            let kind =
                switch space {
                case "C": "closure"
                case "S": "shim"
                default: String(space)
                }
            try write("::{" + kind)
            if !name.isEmpty {
                try write(":")
                try write(name)
            }
            try write("#\(number)}")
        default:
            throw Damage()
        }
    }

    /// Writes `<type>` or `<type as trait>`.
    private mutating func printImplementation(hasTrait: Bool) throws(Damage) {
        try write("<")
        try printType()
        if hasTrait {
            try write(" as ")
            try printPath(isValue: false)
        }
        try write(">")
    }

    private mutating func printArgument() throws(Damage) {
        if eat("L") {
            try printLifetime(number())
        } else if eat("K") {
            try printConstant(isValue: false)
        } else {
            try printType()
        }
    }

    private mutating func printLifetime(_ index: UInt64) throws(Damage) {
        if index == 0 { return try write("'_") }
        guard index <= lifetimes else { throw Damage() }
        let depth = lifetimes - index
        if depth < 26 {
            try write([UInt8(ascii: "'"), UInt8(ascii: "a") + UInt8(depth)])
        } else {
            try write("'_\(depth)")
        }
    }

    // MARK: Types

    /// Writes a type.
    mutating func printType() throws(Damage) {
        try nested { printer throws(Damage) in try printer.printTypeInside() }
    }

    private mutating func printTypeInside() throws(Damage) {
        let letter = Unicode.Scalar(try next())
        if let name = Self.basic(letter) { return try write(name) }
        switch letter {
        case "R", "Q":
            try write("&")
            if eat("L") {
                let lifetime = try number()
                if lifetime != 0 {
                    try printLifetime(lifetime)
                    try write(" ")
                }
            }
            if letter == "Q" { try write("mut ") }
            try printType()
        case "P", "O":
            try write(letter == "P" ? "*const " : "*mut ")
            try printType()
        case "A", "S":
            try write("[")
            try printType()
            if letter == "A" {
                try write("; ")
                try printConstant(isValue: true)
            }
            try write("]")
        case "T":
            try write("(")
            let count = try list(", ") { printer throws(Damage) in try printer.printType() }
            try write(count == 1 ? ",)" : ")")
        case "F":
            try binding { printer throws(Damage) in try printer.printFunction() }
        case "D":
            try write("dyn ")
            try binding { printer throws(Damage) in
                try printer.list(" + ") { printer throws(Damage) in try printer.printTrait() }
            }
            guard eat("L") else { throw Damage() }
            let lifetime = try number()
            if lifetime != 0 {
                try write(" + ")
                try printLifetime(lifetime)
            }
        case "B":
            try referring { printer throws(Damage) in try printer.printType() }
        default:
            place -= 1
            try printPath(isValue: false)
        }
    }

    /// The types of one lower letter.
    private static func basic(_ letter: Unicode.Scalar) -> String? {
        switch letter {
        case "a": "i8"
        case "b": "bool"
        case "c": "char"
        case "d": "f64"
        case "e": "str"
        case "f": "f32"
        case "h": "u8"
        case "i": "isize"
        case "j": "usize"
        case "l": "i32"
        case "m": "u32"
        case "n": "i128"
        case "o": "u128"
        case "p": "_"
        case "s": "i16"
        case "t": "u16"
        case "u": "()"
        case "v": "..."
        case "x": "i64"
        case "y": "u64"
        case "z": "!"
        default: nil
        }
    }

    /// Writes `for<'a, …> ` when lifetimes are named, and what they are named for.
    private mutating func binding(
        _ body: (inout Self) throws(Damage) -> Void
    ) throws(Damage) {
        let count = try number(after: "G")
        // Each takes bytes of the name, which has an end.
        guard count <= 4_096 else { throw Damage() }
        if count > 0 { try write("for<") }
        for index in 0..<count {
            if index > 0 { try write(", ") }
            lifetimes += 1
            try printLifetime(1)
        }
        if count > 0 { try write("> ") }
        try body(&self)
        lifetimes -= count
    }

    private mutating func printFunction() throws(Damage) {
        if eat("U") { try write("unsafe ") }
        if eat("K") {
            let convention =
                eat("C")
                ? Array("C".utf8)
                : try identifier().map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }
            try write("extern \"")
            try write(convention)
            try write("\" ")
        }
        try write("fn(")
        try list(", ") { printer throws(Damage) in try printer.printType() }
        try write(")")
        if eat("u") { return }
        try write(" -> ")
        try printType()
    }

    /// Writes a trait of a `dyn`, with the types that it says.
    private mutating func printTrait() throws(Damage) {
        var isOpen = false
        try printOpenPath(&isOpen)
        while eat("p") {
            try write(isOpen ? ", " : "<")
            isOpen = true
            try write(identifier())
            try write(" = ")
            try printType()
        }
        if isOpen { try write(">") }
    }

    /// Writes a path whose generic arguments may have others behind them.
    private mutating func printOpenPath(_ isOpen: inout Bool) throws(Damage) {
        if eat("B") {
            var isOpenThere = false
            try referring { printer throws(Damage) in try printer.printOpenPath(&isOpenThere) }
            isOpen = isOpenThere
        } else if eat("I") {
            try printPath(isValue: false)
            try write("<")
            try list(", ") { printer throws(Damage) in try printer.printArgument() }
            isOpen = true
        } else {
            try printPath(isValue: false)
        }
    }
}
