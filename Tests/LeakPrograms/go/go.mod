module leakprograms

go 1.22
