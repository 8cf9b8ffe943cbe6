import Tensors
import Testing

/// All tests that use libtorch: one after the other, because one of them counts all tensors of the process.
@Suite(.serialized, .enabled(if: TorchLibrary.isAvailable, "this build has no libtorch"))
struct TorchTests {}
