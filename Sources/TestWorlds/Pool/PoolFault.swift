/// Something that a pool told its world to do and that cannot be right.
public enum PoolFault: Error, Hashable, Sendable {
    /// A number that no connection has, or had and has no longer.
    case unknownConnection
    /// A new connection under a number that was given out before.
    case usedNumber
    /// A connection for a second request while the first has it.
    case usedTwice
    /// A connection that is in another state than the action needs.
    case wrongState
    /// A connection of another origin than the request's.
    case wrongOrigin
    /// A used connection for a request that wants a fresh one.
    case notFresh
    /// A request that does not wait is served, or one that came later is served first.
    case wrongWaiter
    /// A request waits although there is room for it.
    case forgottenWaiter
    /// A request is refused although it may wait.
    case wrongRefusal
    /// More connections that are not being closed than descriptors.
    case overDescriptorBudget
    /// More connections of one origin than its limit.
    case overOriginLimit
    /// More idle connections than their limit, or than the memory budget holds.
    case overIdleLimit
    /// Another connection was evicted than the one that is needed last.
    case wrongEviction
    /// An idle connection outlived its time.
    case notExpired
    /// Something is kept or made while the pool is being emptied.
    case keptWhileDraining
    /// The pool's own counts are not those of the world: a number leaked.
    case leakedNumber
    /// The pool was emptied and is not empty.
    case notEmpty
}
