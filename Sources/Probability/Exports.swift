// Keys and worker pools are part of the interface: `import Probability` is all that a program
// needs.
@_exported public import Parallel
@_exported public import Randomness
