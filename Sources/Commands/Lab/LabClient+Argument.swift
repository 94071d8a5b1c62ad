public import ArgumentParser
public import Lab

extension LabClient: ExpressibleByArgument {}
