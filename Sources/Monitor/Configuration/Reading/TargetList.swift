import Measurements

/// Gathers the targets of a configuration and of the files it names, each identity once.
struct TargetList {
    private(set) var targets: [Target] = []
    /// The contexts of all files that were read, the configuration's own first.
    private(set) var contexts: [ReadingContext]
    private var idPlaces: [String: String] = [:]
    private var namePlaces: [String: String] = [:]
    private var isFull = false

    private static let groupKeys = TargetTemplate.sharedKeys.union([
        "name", "targets", "targets_file",
    ])
    private static let fileGroupKeys = TargetTemplate.sharedKeys.union([
        "name", "targets", "labels",
    ])

    init(context: ReadingContext) {
        contexts = [context]
    }

    /// Adds a group: shared settings and the targets that they are for.
    mutating func addGroup(_ node: YAMLNode, template: TargetTemplate) {
        guard
            let reader = MappingReader(
                node, what: "a group", known: Self.groupKeys, context: contexts[0])
        else { return }
        let template = self.template(of: reader, from: template)
        if !reader.has("targets"), !reader.has("targets_file") {
            reader.context.fault(node.place, "a group: expected targets or targets_file")
        }
        addTargets(of: reader, template: template)
    }

    private func template(of reader: MappingReader, from template: TargetTemplate)
        -> TargetTemplate
    {
        var template = template
        if let name = reader.value("name", .text("a name", limit: 256)) {
            template.target.tags["group"] = name
        }
        template.apply(reader, level: .shared)
        return template
    }

    /// Adds what `targets` and `targets_file` of a mapping name.
    mutating func addTargets(of reader: MappingReader, template: TargetTemplate) {
        for node in reader.items("targets") {
            add(node, template: template, context: reader.context)
        }
        for node in reader.items("targets_file") {
            guard case .scalar(let name, _) = node.value, !node.isNull else {
                reader.context.fault(
                    node.place, "targets_file: expected a path or a pattern, found \(node.kind)")
                continue
            }
            addFiles(name, at: node.place, template: template, context: reader.context)
        }
    }

    // MARK: One target

    private mutating func add(
        _ node: YAMLNode, template: TargetTemplate, context: ReadingContext
    ) {
        var template = template
        var name: String?
        var id: String?
        switch node.value {
        case .scalar(let text, _):
            do throws(TargetEndpoint.Fault) {
                if text.contains("://") {
                    try template.endpoint.setURL(text)
                } else {
                    try template.endpoint.setAddress(text)
                }
            } catch {
                context.fault(node.place, "targets: \(error)")
                return
            }
        case .mapping:
            let faults = context.faultCount
            guard
                let reader = MappingReader(
                    node, what: "a target", known: TargetTemplate.targetKeys, context: context)
            else { return }
            template.apply(reader, level: .target)
            name = reader.value("name", .text("a name", limit: 1024))
            id = reader.value("id", .text("an identity", limit: 512))
            guard faults == context.faultCount else { return }
        case .sequence:
            context.fault(node.place, "targets: expected a URL or a mapping, found a list")
            return
        }
        var target = template.target
        do throws(TargetEndpoint.Fault) {
            try template.endpoint.apply(to: &target, name: name, id: id)
        } catch {
            context.fault(node.place, "a target: \(error)")
            return
        }
        finish(target, at: node.place, context)
    }

    private mutating func finish(
        _ target: Target, at place: SourcePlace, _ context: ReadingContext
    ) {
        if (target.tls.certificateFile == nil) != (target.tls.keyFile == nil) {
            context.fault(
                place, "\(target.name): certificate_file and key_file belong together")
            return
        }
        let here = context.name(of: place)
        if let other = idPlaces[target.id.rawValue] {
            context.fault(
                place,
                "the id \"\(YAMLNode.shortened(target.id.rawValue))\" is taken at \(other); give "
                    + "one of the two a name or an id of its own")
            return
        }
        if let other = namePlaces[target.name] {
            context.fault(
                place,
                "the name \"\(YAMLNode.shortened(target.name))\" is taken at \(other)")
            return
        }
        idPlaces[target.id.rawValue] = here
        namePlaces[target.name] = here
        guard targets.count < ConfigurationReader.targetLimit else {
            if !isFull {
                context.fault(place, "more than \(ConfigurationReader.targetLimit) targets")
            }
            isFull = true
            return
        }
        if let warning = MonitorConfiguration.insecurityWarning(target) {
            context.warn(place, warning)
        }
        targets.append(target)
    }
}

// MARK: Files

extension TargetList {
    private mutating func addFiles(
        _ name: String, at place: SourcePlace, template: TargetTemplate, context: ReadingContext
    ) {
        let pattern = context.path(name)
        guard ConfigurationFiles.isPattern(name) else {
            addFile(pattern, at: place, template: template, context: context)
            return
        }
        let paths = ConfigurationFiles.matches(of: pattern)
        // Service discovery may not have written its first file yet.
        if paths.isEmpty { context.warn(place, "targets_file: \(pattern) matches no file") }
        for path in paths { addFile(path, at: place, template: template, context: context) }
    }

    private mutating func addFile(
        _ path: String, at place: SourcePlace, template: TargetTemplate, context: ReadingContext
    ) {
        let file = ReadingContext(file: path, reader: context.reader)
        contexts.append(file)
        do throws(ConfigurationFiles.ReadFault) {
            let text = try ConfigurationFiles.text(of: path, limit: ConfigurationFiles.textLimit)
            do throws(ConfigurationFault) {
                guard let root = try YAMLReader.read(text, file: path), !root.isNull else {
                    return
                }
                addContents(root, template: template, context: file)
            } catch {
                file.note(error)
            }
        } catch {
            context.fault(place, "targets_file: cannot read \(path): \(error.reason)")
        }
    }

    /// A list of targets and of groups, or one group: `[{"targets": […], "labels": {…}}]` is the
    /// form of Prometheus' service discovery by files.
    private mutating func addContents(
        _ root: YAMLNode, template: TargetTemplate, context: ReadingContext
    ) {
        guard case .sequence(let items) = root.value else {
            addFileGroup(root, template: template, context: context)
            return
        }
        for item in items {
            if case .mapping(let pairs) = item.value, pairs.contains(where: { $0.key == "targets" })
            {
                addFileGroup(item, template: template, context: context)
            } else {
                add(item, template: template, context: context)
            }
        }
    }

    private mutating func addFileGroup(
        _ node: YAMLNode, template: TargetTemplate, context: ReadingContext
    ) {
        guard
            let reader = MappingReader(
                node, what: "a group of targets", known: Self.fileGroupKeys, context: context)
        else { return }
        var template = self.template(of: reader, from: template)
        for (name, value) in TagReader.pairs(reader, key: "labels") {
            do throws(TargetEndpoint.Fault) {
                switch name {
                case "__scheme__":
                    guard let scheme = Scheme(rawValue: value) else {
                        throw TargetEndpoint.Fault("expected http or https, found \"\(value)\"")
                    }
                    template.endpoint.scheme = scheme
                case "__metrics_path__":
                    try template.endpoint.setPath(value)
                default:
                    // Two underscores mark what is for Prometheus itself.
                    if !name.hasPrefix("__") { template.target.tags[name] = value }
                }
            } catch {
                reader.fault("labels", "\(name): \(error)")
            }
        }
        addTargets(of: reader, template: template)
    }
}
