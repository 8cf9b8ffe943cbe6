import LensCore
import Testing

/// Where columns lie in memory, which decides how fast they are read.
struct ColumnTests {
  private func address<Element>(_ column: Column<Element>) -> Int {
    withUnsafeBytes(of: column) { $0.load(as: Int.self) }
  }

  @Test func `storage begins at a cache line`() {
    for count in [1, 7, 16, 1000] {
      let storage = (
        ColumnStorage<Float>(count: count, repeating: 1), ColumnStorage<Int32>(count: count, repeating: 2),
        ColumnStorage<SIMD2<Float>>(count: count, repeating: .zero)
      )
      #expect(address(storage.0.column) % 64 == 0 && storage.0.column[count - 1] == 1)
      #expect(address(storage.1.column) % 64 == 0 && storage.1.column[count - 1] == 2)
      #expect(address(storage.2.column) % 64 == 0)
    }
  }

  private func check<Scalar: BinaryFloatingPoint & BitwiseCopyable>(_ type: Scalar.Type, count: Int) {
    let tile = RayTile<Scalar>(count: count)
    let columns = [
      tile.image.x, tile.image.y, tile.deflection.x, tile.deflection.y, tile.source.x, tile.source.y,
      tile.brightness, tile.potential, tile.hessian.xx, tile.hessian.xy, tile.hessian.yy,
      tile.scratch.a, tile.scratch.b, tile.scratch.c, tile.scratch.d, tile.scratch.e,
    ]
    let addresses = columns.map(address).sorted()
    #expect(addresses.allSatisfy { $0 % 64 == 0 })
    for (i, low) in addresses.enumerated() {
      for high in addresses[(i + 1)...] {
        #expect(high - low >= count * MemoryLayout<Scalar>.stride)
        // At least three lines from a multiple of 4096 bytes.
        #expect((192...3904).contains((high - low) % 4096), "\(count) of \(type)")
      }
    }
    withExtendedLifetime(tile) {}
  }

  @Test(arguments: [1, 16, 600, 1000, 1024, 4096]) func `columns of a tile keep apart`(count: Int) {
    check(Float.self, count: count)
    check(Double.self, count: count)
  }
}
