import ConnectionPooling

extension PoolLimits {
    /// One loop's share of limits that hold for the whole process; limits of one origin stay
    /// whole, because an origin lives on one loop.
    func divided(by loops: Int) -> PoolLimits {
        var share = self
        share.descriptorBudget = max(1, descriptorBudget / loops)
        share.memoryBudgetBytes = memoryBudgetBytes / loops
        share.maxIdle = maxIdle / loops
        return share
    }
}
