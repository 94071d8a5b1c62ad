import Measurements

extension ProcessFacts {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("name")
            json.string(name)
            json.key("executable")
            json.string(executable)
            json.key("runtime")
            json.string(runtime.contractName)
            json.key("uptime_s")
            json.number(uptime)
            json.key("threads")
            json.integer(threads)
            json.key("network_namespace")
            if let networkNamespace { json.integer(networkNamespace) } else { json.null() }
        }
    }
}

extension DescriptorTally {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("open")
            json.integer(open)
            json.key("highest")
            json.integer(highest)
            json.key("limit_soft")
            Self.write(softLimit, to: &json)
            json.key("limit_hard")
            Self.write(hardLimit, to: &json)
            json.key("by_kind")
            json.object { json in
                for kind in DescriptorKind.allCases where count(kind) > 0 {
                    json.key(text: kind.rawValue)
                    json.integer(count(kind))
                }
            }
        }
    }

    private static func write(_ limit: Int?, to json: inout JSONWriter) {
        if let limit { json.integer(limit) } else { json.null() }
    }
}

extension Churn {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("seconds")
            json.number(seconds)
            json.key("looks")
            json.integer(looks)
            json.key("born")
            json.integer(born)
            json.key("died")
            json.integer(died)
            json.key("vanished_ghosts")
            json.integer(vanishedGhosts)
        }
    }
}

extension SocketGroup {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("state")
            json.string(state?.rawValue)
            json.key("protocol")
            json.string(transport.rawValue)
            json.key("ghost")
            json.string(ghost?.rawValue)
            json.key("peer")
            json.string(peer)
            json.key("direction")
            json.string(direction.rawValue)
            json.key("count")
            json.integer(count)
            json.key("idle_s")
            guard let idle else { return json.null() }
            json.object { json in
                json.key("min")
                json.number(idle.min)
                json.key("p50")
                json.number(idle.p50)
                json.key("max")
                json.number(idle.max)
            }
        }
    }
}

extension SocketRecord {
    /// Writes one socket: an entry of `socket_list`.
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("descriptor")
            json.integer(descriptor)
            json.key("inode")
            json.integer(inode)
            json.key("family")
            json.string(family.rawValue)
            json.key("type")
            json.string(type.rawValue)
            json.key("protocol")
            json.string(transport.rawValue)
            json.key("state")
            json.string(state?.rawValue)
            json.key("ghost")
            json.string(ghost?.rawValue)
            json.key("local")
            json.string(local?.description)
            json.key("peer")
            json.string(peer?.description)
            json.key("direction")
            json.string(direction.rawValue)
            json.key("receive_queue")
            json.integer(receiveQueue)
            json.key("send_queue")
            json.integer(sendQueue)
            json.key("unread_error")
            json.bool(hasUnreadError)
            writeActivity(to: &json)
        }
    }

    private func writeActivity(to json: inout JSONWriter) {
        guard let activity, activity.wasEstablished else { return }
        json.key("sent_s")
        json.number(sinceSent)
        json.key("received_s")
        json.number(sinceReceived)
        json.key("idle_s")
        json.number(idle)
        json.key("segments_sent")
        json.integer(activity.dataSegmentsOut)
        json.key("segments_received")
        json.integer(activity.dataSegmentsIn)
        json.key("bytes_received")
        json.integer(activity.bytesReceived)
        json.key("retransmissions")
        json.integer(activity.retransmissions)
        json.key("round_trip_ms")
        json.number(Double(activity.roundTrip) / 1_000)
    }
}
