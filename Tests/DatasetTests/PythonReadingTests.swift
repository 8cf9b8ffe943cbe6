import Dataset
import FileFormats
import LensTestSupport
import Populations
import Testing

/// NumPy, astropy, csv, json and hashlib, which share no code with the writers, read a dataset.
struct PythonReadingTests {
  private static let seed = UInt64.max

  /// Runs a program on a dataset; its `folder`, `manifest` and `parts` are there already.
  private func onDataset(_ program: String) throws -> String {
    try withScratchFolder { folder in
      let spec = try smallPopulation("model-b", ["split.validation=0.25", "split.test=0.25"])
      try generate(spec, seed: Self.seed, count: 25, to: "\(folder)/set")
      let start = """
        import csv, hashlib, json, os
        folder = sys.argv[1]
        manifest = json.load(open(folder + '/manifest.json'))
        parts = [(p, folder + '/' + p['label'] + '_' + p['split']) for p in manifest['parts']]

        """
      return try python(start + program, "\(folder)/set")
    }
  }

  @Test func `arrays and cubes hold the same images`() throws {
    let program = """
      total = 0
      for part, base in parts:
          array = numpy.load(base + '.npy')
          assert array.shape == (part['count'], 1, 20, 24), array.shape
          assert array.dtype == numpy.dtype('<f4') and numpy.isfinite(array).all()
          assert (array.std(axis=(1, 2, 3)) > 0).all(), 'a blank image'
          with fits.open(base + '.fits') as cube:
              cube.verify('exception')
              assert cube[0].data.shape == (part['count'], 20, 24)
              assert numpy.array_equal(cube[0].data, array[:, 0])
          total += len(array)
      print(total, len(parts), manifest['image_shape'])
      """
    #expect(try onDataset(program) == "75 9 [1, 20, 24]")
  }

  @Test func `headers say what the images are`() throws {
    let program = """
      import astropy.units
      seen = set()
      for part, base in parts:
          header = fits.getheader(base + '.fits', checksum=True)
          assert 'CHECKSUM' in header and 'DATASUM' in header
          assert header['CLASS'] == part['label'] and header['SPLIT'] == part['split']
          astropy.units.Unit(header['BUNIT'])
          seen.add(tuple(header[key] for key in ('MODEL', 'SEED', 'PIXSCALE', 'BUNIT')))
      for table in ('samples', 'substructure'):
          header = fits.getheader(folder + '/' + table + '.fits', 1)
          seen.add(tuple(header[key] for key in ('MODEL', 'SEED', 'PIXSCALE', 'BUNIT')))
      print(seen, manifest['model'], manifest['seed'], manifest['sample_count'])
      """
    #expect(
      try onDataset(program) == """
        {('model-b', '18446744073709551615', 0.2, 'electron/s')} model-b 18446744073709551615 75
        """)
  }

  @Test func `the tables in FITS and CSV are equal`() throws {
    let program = """
      for name in ('samples', 'substructure'):
          with fits.open(folder + '/' + name + '.fits', checksum=True) as file:
              file.verify('exception')
              assert all('CHECKSUM' in unit.header and 'DATASUM' in unit.header for unit in file)
          table = Table.read(folder + '/' + name + '.fits', hdu=1)
          table.convert_bytestring_to_unicode()
          with open(folder + '/' + name + '.csv') as text: rows = list(csv.reader(text))
          assert rows[0] == table.colnames, (rows[0], table.colnames)
          assert len(rows) - 1 == len(table)
          empty = 0
          for column, heading in enumerate(rows[0]):
              is_text = table[heading].dtype.kind == 'U'
              for cell, value in zip((r[column] for r in rows[1:]), table[heading]):
                  if cell == '': assert value is numpy.ma.masked or numpy.isnan(value), (heading, value)
                  else: assert (cell if is_text else float(cell)) == value, (heading, cell, value)
                  empty += cell == ''
          print(name, table[rows[0][-1]].unit, empty > 0)
      """
    // A vortex has no spherical parameters and a subhalo has no length.
    #expect(try onDataset(program) == "samples None True\nsubstructure arcsec True")
  }

  @Test func `every row leads to its image, and every image has a row`() throws {
    let program = """
      rows = list(csv.DictReader(open(folder + '/samples.csv')))
      places = {(r['class'] + '_' + r['split'], int(r['row'])) for r in rows}
      expected = {(p['label'] + '_' + p['split'], row) for p, _ in parts for row in range(p['count'])}
      assert places == expected and len(rows) == len(expected)
      assert [int(r['index']) for r in rows] == list(range(len(rows)))
      for r in rows:
          assert abs(float(r['signal_to_noise_peak']) - float(r['signal_to_noise_value'])) < 1e-6
      print('whole')
      """
    #expect(try onDataset(program) == "whole")
  }

  @Test func `substructure adds up to what the samples say`() throws {
    let program = """
      pieces = list(csv.DictReader(open(folder + '/substructure.csv')))
      kinds = {'no_sub': set(), 'vortex': {'line_mass'}, 'spherical': {'point_mass'}}
      worst = 0
      for r in csv.DictReader(open(folder + '/samples.csv')):
          mine = [p for p in pieces if p['index'] == r['index']]
          assert len(mine) == float(r['derived_substructure_count'])
          assert {p['kind'] for p in mine} == kinds[r['class']]
          total = sum(float(p['mass']) for p in mine)
          stated = float(r['derived_substructure_mass'])
          worst = max(worst, abs(total - stated) / max(stated, 1))
          radii = sum(float(p['einstein_radius']) ** 2 for p in mine) ** 0.5
          assert abs(radii - float(r['derived_substructure_einstein_radius'])) < 1e-12
      assert worst < 1e-14, worst
      print(len(pieces) > 500)
      """
    #expect(try onDataset(program) == "True")
  }

  @Test func `the manifest's digests and sizes are those of the files`() throws {
    let program = """
      listed = {f['name']: f for f in manifest['files']}
      assert set(os.listdir(folder)) == set(listed) | {'manifest.json'}
      for name, entry in listed.items():
          data = open(folder + '/' + name, 'rb').read()
          assert hashlib.sha256(data).hexdigest() == entry['sha256'] and len(data) == entry['bytes'], name
      print(len(listed), manifest['format_version'], manifest['created'][-1])
      """
    #expect(try onDataset(program) == "23 3 Z")
  }

  @Test func `the stored spec makes the same dataset again`() throws {
    try withScratchFolder { folder in
      for (name, settings) in [("model-a", ["pairs=true"]), ("pylensing-vortex", ["split.test=0.5"])] {
        let spec = try smallPopulation(name, settings)
        let written = try generate(spec, seed: 9, count: 4, to: "\(folder)/\(name)")
        try generate(
          try loadPopulation("\(folder)/\(name)/spec.yaml"), seed: written.seed, count: 4,
          to: "\(folder)/\(name)-again")
        try expectSameFiles("\(folder)/\(name)", "\(folder)/\(name)-again")
        #expect(try Manifest(ofDataset: "\(folder)/\(name)") == written)
      }
    }
  }
}
