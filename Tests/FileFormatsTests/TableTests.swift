import FileFormats
import LensTestSupport
import Testing

struct TableTests {
  private let columns = [
    TableColumn(name: "id", kind: .integer, description: "number of the sample"),
    TableColumn(name: "theta_e", kind: .real, unit: "arcsec", description: "Einstein radius"),
    TableColumn(name: "lens", kind: .text(width: 6), description: "kind of lens"),
  ]
  private let rows: [[TableCell]] = [
    [.integer(7), .real(0.1), .text("sie")], [.empty, .empty, .empty],
    [.integer(-1), .real(1e-300), .text("a,\"b\"")],
  ]

  // MARK: FITS

  private func create(_ path: String) throws -> FITSTableWriter {
    try FITSTableWriter(
      creating: path, name: "CATALOG", columns: columns, header: [FITSCard("SEED", .integer(3), "seed")])
  }

  @Test func `astropy reads the table with units, nulls and cards`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/!t[2].fits"
      let writer = try create(path)
      try writer.append(rows)
      try writer.close()
      let program = """
        h = fits.open(sys.argv[1]); h.verify('exception'); t = Table.read(sys.argv[1], hdu=1)
        print(t.colnames, str(t['theta_e'].unit), t['id'].mask.tolist(), t['id'].tolist(), t['lens'].tolist())
        print(t['theta_e'].filled(numpy.nan).tolist(), h[1].name, h[1].header['SEED'])
        print(h[1].header.comments['TTYPE2'])
        print('DATE' in h[1].header, 'DATE' in h[0].header)
        """
      #expect(
        try python(program, path) == """
          ['id', 'theta_e', 'lens'] arcsec [False, True, False] [7, None, -1] ['sie', '', 'a,"b"']
          [0.1, nan, 1e-300] CATALOG 3
          Einstein radius
          False False
          """)
    }
  }

  @Test func `a resumed table drops rows and equals one written at once`() throws {
    try withScratchFolder { folder in
      let (path, other) = ("\(folder)/a.fits", "\(folder)/b.fits")
      let many = (0..<500).map { [TableCell.integer($0), .real(Double($0)), .text("x\($0)")] }
      let first = try create(path)
      try first.append(Array(many[..<200]))
      try first.synchronize()
      try first.append(Array(many[200...]))
      try first.close()
      reason("501 rows", "has 500") { try FITSTableWriter(resuming: path, rowCount: 501, columns: columns) }
      reason("-1 rows") { try FITSTableWriter(resuming: path, rowCount: -1, columns: columns) }
      let second = try FITSTableWriter(resuming: path, rowCount: 200, columns: columns)
      #expect(second.rowCount == 200)
      try second.append(Array(many[200..<300]))
      try second.close()
      let whole = try create(other)
      try whole.append(Array(many[..<300]))
      try whole.close()
      #expect(try readFile(path) == readFile(other))
      #expect(try python("print(len(Table.read(sys.argv[1], hdu=1)))", path) == "300")
    }
  }

  @Test func `a table killed between synchronizations can be resumed`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.fits"
      let writer = try create(path)
      try writer.append(rows)
      try writer.synchronize()
      try writer.append(Array(repeating: rows[0], count: 400))
      // What a kill leaves: the writer is still open and its header is not up to date.
      let count = "print(len(Table.read(sys.argv[1], hdu=1)))"
      #expect(try python("warnings.simplefilter('ignore'); " + count, path) == "3")
      try FITSTableWriter(resuming: path, rowCount: 3, columns: columns).close()
      #expect(try python(count, path) == "3")
      withExtendedLifetime(writer) {}
    }
  }

  @Test func `a table without rows is valid`() throws {
    try withScratchFolder { folder in
      try create("\(folder)/a.fits").close()
      #expect(try python("print(len(Table.read(sys.argv[1], hdu=1)))", "\(folder)/a.fits") == "0")
    }
  }

  @Test func `cells that do not suit the FITS columns are refused`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.fits"
      let writer = try create(path)
      reason("2 cells", "must have 3") { try writer.append([[.empty, .empty]]) }
      reason("column id", "real(1.0)") { try writer.append([rows[0], [.real(1), .empty, .empty]]) }
      reason("holds 6 characters") { try writer.append([[.empty, .empty, .text("1234567")]]) }
      reason("ASCII") { try writer.append([[.empty, .empty, .text("é")]]) }
      #expect(writer.rowCount == 0)
      try writer.close()
      reason("closed") { try writer.append(rows) }
      reason("not the table", "start again") {
        try FITSTableWriter(resuming: path, rowCount: 0, columns: Array(columns.dropLast()))
      }
      reason("needs columns") { try FITSTableWriter(creating: path, name: "A", columns: [], header: []) }
      reason("No such file") { try create("\(folder)/none/a.fits") }
    }
  }

  @Test func `resuming a truncated table leaves it as it is`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.fits"
      let writer = try create(path)
      try writer.append(Array(repeating: rows[0], count: 400))
      try writer.close()
      let truncated = try Array(readFile(path).dropLast(2880))
      try writeFileAtomically(truncated, to: path)
      reason { try FITSTableWriter(resuming: path, rowCount: 400, columns: columns) }
      #expect(try readFile(path) == truncated)
    }
  }

  // MARK: CSV

  @Test func `Python's csv module and the parser read the quoted fields`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.csv"
      let writer = try CSVTableWriter(creating: path, columns: columns)
      try writer.append(rows)
      try writer.append([[.integer(1), .real(5), .text("line\r\nbreak, é")], [.empty, .empty, .text("")]])
      try writer.synchronize()
      try writer.close()
      let text = try readText(path)
      #expect(text.hasPrefix("id,theta_e,lens\n7,0.1,sie\n,,\n-1,1e-300,\"a,\"\"b\"\"\"\n1,5.0,\"line"))
      #expect(text.hasSuffix("\n,,\"\"\n"))
      #expect(writer.byteCount == text.utf8.count)
      let fields = try parseCSV(text, path: path)
      #expect(fields.count == 6 && fields[4] == ["1", "5.0", "line\r\nbreak, é"])
      let program = "import csv; print(list(csv.reader(open(sys.argv[1], newline='')))[3:5])"
      let expected = "[['-1', '1e-300', 'a,\"b\"'], ['1', '5.0', 'line\\r\\nbreak, é']]"
      #expect(try python(program, path) == expected)
    }
  }

  @Test func `a resumed CSV table drops what came after`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.csv"
      let first = try CSVTableWriter(creating: path, columns: columns)
      try first.append([rows[0]])
      let position = first.byteCount
      try first.append([rows[1]])
      try first.close()
      let second = try CSVTableWriter(resuming: path, byteCount: position)
      try second.append([rows[2]])
      reason("must have 3") { try second.append([[.empty]]) }
      #expect(try readText(path) == "id,theta_e,lens\n7,0.1,sie\n-1,1e-300,\"a,\"\"b\"\"\"\n")
      for position in [-1, 0, 3, 1000] {
        reason("no line that ends") { try CSVTableWriter(resuming: path, byteCount: position) }
      }
    }
  }

  @Test func `a full disk and a number that is not finite are reported`() throws {
    reason("No space left on device", "free some space") {
      try CSVTableWriter(creating: "/dev/full", columns: columns)
    }
    reason("No space left on device") { try writeFileAtomically([1], to: "/dev/full") }
    reason("No space left on device") { try create("/dev/full") }
    try withScratchFolder { folder in
      let writer = try CSVTableWriter(creating: "\(folder)/a.csv", columns: columns)
      let size = writer.byteCount
      for number in [Double.nan, .infinity] {
        reason("finite") { try writer.append([rows[0], [.empty, .real(number), .empty]]) }
      }
      #expect(writer.byteCount == size)
    }
  }

  @Test(arguments: [
    ("", [[String]]()), ("a", [["a"]]), ("a,b\n", [["a", "b"]]), ("a,\r\n,b", [["a", ""], ["", "b"]]),
    ("\u{FEFF}a\n\nb", [["a"], [""], ["b"]]), ("\"a\"\"\n,\",\"\"", [["a\"\n,", ""]]),
  ])
  func `CSV is split as RFC 4180 says`(text: String, rows: [[String]]) throws {
    #expect(try parseCSV(text, path: "a.csv") == rows)
  }

  @Test(arguments: [
    ("a\n\"b\nc", "line 2: the quote"), ("a\n\"b\"c", "line 2: text follows"),
    ("a\"b", "line 1: a quote stands"), ("\"a\nb\"\nx\ry", "line 3"),
  ])
  func `bad CSV is refused with its line`(text: String, words: String) {
    reason(words) { try parseCSV(text, path: "a.csv") }
  }
}
