// The types of the library's own interface, so that `import Minimo` is all that its users write.
@_exported public import Agent
@_exported public import Conjecturing
@_exported public import Export
@_exported public import Hashing
@_exported public import Layers
@_exported public import PeanoSyntax
@_exported public import Proving
@_exported public import RunStore
@_exported public import Search
@_exported public import Truth
