import ConnectionPooling
import Measurements
import ProbeScheduling

extension ProbeLoop {
    /// Makes the loop's share of scheduled targets exactly these.
    ///
    /// A target that is equal to what it was keeps its schedule, its cadence and, through its
    /// origin, its connections. Probes under way of a removed target are cancelled.
    func setTargets(_ references: [TargetReference], firstRound: FirstProbe) {
        let now = now()
        var kept: Set<TargetID> = []
        for reference in references { kept.insert(reference.value.id) }
        for (id, slot) in slotsByID where !kept.contains(id) { remove(slot, id: id, at: now) }
        for reference in references {
            let target = reference.value
            if let slot = slotsByID[target.id] {
                guard let old = targets[slot], old.target != target else { continue }
                replace(slot, by: reference, at: now)
            } else {
                add(reference, firstRound: firstRound, at: now)
            }
        }
        for id in origins.untargeted where !isInUse(id) { forget(id) }
        arm()
    }

    private func add(
        _ reference: TargetReference, firstRound: FirstProbe, at now: MonotonicInstant
    ) {
        let target = reference.value
        let compiled = compile(reference)
        let slot = freeSlots.popLast() ?? targets.count
        if slot == targets.count { targets.append(compiled) } else { targets[slot] = compiled }
        compiled.slot = slot
        slotsByID[target.id] = slot
        join(compiled.origin, target.interval)
        schedule.add(
            slot, id: target.id, interval: target.interval, firstProbe: firstRound, at: now)
    }

    private func replace(
        _ slot: Int, by reference: TargetReference, at now: MonotonicInstant
    ) {
        guard let old = targets[slot] else { return }
        let target = reference.value
        let compiled = compile(reference)
        compiled.slot = slot
        compiled.lastCold = old.origin == compiled.origin ? old.lastCold : nil
        compiled.lastDNS = old.lastDNS
        targets[slot] = compiled
        join(compiled.origin, target.interval)
        leave(old.origin)
        if old.target.interval != target.interval {
            schedule.update(slot, id: target.id, interval: target.interval, at: now)
        }
    }

    private func remove(_ slot: Int, id: TargetID, at now: MonotonicInstant) {
        guard let compiled = targets[slot] else { return }
        for run in activeRuns where run.compiled === compiled {
            abandon(
                run, ProbeFailure(.cancelled, phase: run.phase, detail: "the target was removed"),
                cause: .originRemoved, at: now)
        }
        schedule.remove(slot)
        compiled.slot = -1
        targets[slot] = nil
        slotsByID[id] = nil
        freeSlots.append(slot)
        leave(compiled.origin)
    }

    private func compile(_ reference: TargetReference) -> CompiledTarget {
        let origin = reference.value.origin
        return CompiledTarget(
            reference, origin: originID(of: origin), matchers: worlds.matchers)
    }

    /// The target made ready for single probes; remembered, so that a second one finds the
    /// connection of the first.
    func adHocTarget(_ target: Target) -> CompiledTarget {
        if let known = adHoc[target], origins.id(of: target.origin) == known.origin {
            return known
        }
        let compiled = compile(TargetReference(target))
        if adHoc.count >= Self.adHocLimit { adHoc.removeAll() }
        adHoc[target] = compiled
        return compiled
    }

    /// The most single targets that are remembered between probes.
    static let adHocLimit = 1024

    // MARK: What the pool is told of the schedule

    private func join(_ id: OriginID, _ interval: Duration) {
        guard var entry = origins[id] else { return }
        entry.targets += 1
        entry.interval = min(entry.interval ?? interval, interval)
        origins[id] = entry
        pool.updateOrigin(id, plan(of: entry))
    }

    private func leave(_ id: OriginID) {
        guard var entry = origins[id] else { return }
        entry.targets -= 1
        origins[id] = entry
        if entry.targets == 0, !isInUse(id) {
            forget(id)
        } else {
            pool.updateOrigin(id, plan(of: entry))
        }
    }

    private func isInUse(_ id: OriginID) -> Bool {
        activeRuns.contains { $0.origin == id } || adHoc.values.contains { $0.origin == id }
    }

    private func plan(of entry: OriginTable.Entry) -> OriginPlan {
        OriginPlan(
            targets: entry.targets,
            gap: entry.targets > 0 ? entry.interval.map { $0 / entry.targets } : nil,
            isTLS: entry.origin.scheme == .https)
    }
}
