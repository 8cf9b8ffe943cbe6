import FileFormats
import Foundation
import Interchange
import LensTestSupport
import Testing

/// Shards that others have packed anew: keys say what belongs together, not places.
struct WebDatasetTests {
  /// Packs every shard anew, with members in another order.
  private static let repacked = """
    import glob, io, os, shutil, tarfile
    source, target, change, seed = sys.argv[1:5]
    random = numpy.random.default_rng(int(seed))
    os.makedirs(target)
    shutil.copy(source + '/dataset.json', target)
    prefixes = {'plain': '', 'dot': './', 'folder': 'a.b/./c/'}
    for path in sorted(glob.glob(source + '/*.tar')):
        with tarfile.open(path) as shard: members = [(m.name, shard.extractfile(m).read()) for m in shard]
        if change.startswith('shuffled'): members = [members[k] for k in random.permutation(len(members))]
        if change.startswith('kinds'): members.sort(key=lambda member: member[0].split('.')[1] + member[0])
        if change.startswith('turns'): members = [m for k in range(3) for m in members[k::3]][::-1]
        with tarfile.open(f'{target}/{os.path.basename(path)}', 'w', format=[tarfile.GNU_FORMAT, tarfile.PAX_FORMAT][int(seed) % 2]) as shard:
            folder = tarfile.TarInfo('./')
            folder.type = tarfile.DIRTYPE
            shard.addfile(folder)
            for name, data in members:
                prefix = prefixes[change.split('-')[1]]
                for full, content in [(prefix + '._' + name, b'Mac OS X'), (prefix + name, data), ('.DS_Store', b'')]:
                    member = tarfile.TarInfo(full)
                    member.size = len(content)
                    shard.addfile(member, io.BytesIO(content))
    """

  private func makeShards(_ folder: String) throws {
    try makeDataset("\(folder)/set")
    try Conversion(
      "\(folder)/set", to: "\(folder)/web", .webdataset, CollectionFormat.webdataset.testOptions
    ).run()
  }

  @Test func `shards in any order and under any prefix stay what they are`() throws {
    try withScratchFolder { folder in
      try makeShards(folder)
      let source = try Contents("\(folder)/web")
      #expect(source.pixels == (try Contents("\(folder)/set").pixels))
      for (seed, change) in ["shuffled", "kinds", "turns", "kept"].enumerated() {
        for prefix in ["plain", "dot", "folder"] {
          let name = "\(change)-\(prefix)"
          _ = try python(Self.repacked, "\(folder)/web", "\(folder)/\(name)", name, "\(seed)")
          let found = try Contents("\(folder)/\(name)")
          // Rows too: the order of the members changes nothing at all.
          #expect(found == source, "\(name)")
        }
      }
    }
  }

  @Test(arguments: [
    ("del members['000000001.npy']", "lacks 000000001.npy"),
    ("del members['000000001.json']", "lacks 000000001.json"),
    ("del members['000000002.cls']", "lacks 000000002.cls"),
    ("members['x/000000001.npy'] = members.pop('000000001.npy')", "lacks 000000001.npy"),
    ("again = ['000000001.npy']", "'000000001.npy' is there twice"),
    ("again = ['000000001.json']", "'000000001.json' is there twice"),
    ("again = ['./000000001.cls']; members['./000000001.cls'] = members['000000001.cls']", "is there twice"),
    ("members['000000001.txt'] = b'x'", "'000000001.txt' is none of the members"),
    ("members['README'] = b'x'", "'README' is none of the members"),
    ("members['000000001.npy.npy'] = members.pop('000000001.npy')", "is none of the members"),
    ("members['000000001.cls'] = b'2' if members['000000001.cls'] != b'2' else b'0'", "by its .cls"),
    (
      "members['000000001.json'] = members['000000001.json'].replace(b'planes_lens_mass_host_sie_axis_ratio', b'axis_ratio')",
      "has axis_ratio, which dataset.json does not name"
    ),
    (
      "members['000000001.json'] = members['000000001.json'][:-1] + b',\"mass\":1}'",
      "has mass, which dataset.json does not name"
    ),
    ("write({'planes_lens_mass_host_sie_axis_ratio': 'round'})", "'round' is no number"),
    ("write({'planes_lens_mass_host_sie_axis_ratio': 'inf'})", "'inf' is no number"),
    ("write({'planes_lens_mass_host_sie_axis_ratio': [0.8]})", "is damaged"),
    ("write({'planes_lens_mass_host_sie_axis_ratio': True})", "is damaged"),
    ("members['000000001.cls'] = b'lens'", "must be the number of a class"),
    ("members['000000001.json'] = b'{'", "is damaged"),
    (
      "members['000000001.json'] = b'{\\\"class\\\": \\\"dog\\\", \\\"split\\\": \\\"train\\\"}'",
      "names no class"
    ),
    (
      "members['9.npy'], members['9.json'], members['9.cls'] = [members['000000001.' + e] for e in ('npy', 'json', 'cls')]",
      "has more images"
    ),
  ])
  func `what does not pair is refused`(change: String, words: String) throws {
    try withScratchFolder { folder in
      try makeShards(folder)
      _ = try python(
        """
        import io, json, tarfile
        path, again = sys.argv[1] + '/web/train-000000.tar', []
        with tarfile.open(path) as shard: members = {m.name: shard.extractfile(m).read() for m in shard}
        def write(fields):
            members['000000001.json'] = json.dumps(json.loads(members['000000001.json']) | fields).encode()
        \(change)
        with tarfile.open(path, 'w') as shard:
            for name in list(members) + again:
                member = tarfile.TarInfo(name)
                member.size = len(members[name])
                shard.addfile(member, io.BytesIO(members[name]))
        """, folder)
      let result = try lensing(
        "convert", "\(folder)/web", "--to", "npy", "--output", "\(folder)/out", "--quiet")
      #expect(result.status == 3 && result.errors.contains(words), "\(result)")
      #expect(try listFolder(folder) == ["set", "web"])
    }
  }

  /// As texts, with spaces, without what is empty or null: tools that pack anew may write them so.
  @Test func `numbers may be written in any way that JSON has`() throws {
    try withScratchFolder { folder in
      try makeShards(folder)
      let source = try Contents("\(folder)/web")
      _ = try python(
        """
        import glob, io, json, tarfile
        random = numpy.random.default_rng(4)
        with open(sys.argv[1] + '/web/dataset.json') as file:
            names = [column['name'] for column in json.load(file)['columns']]
        for path in glob.glob(sys.argv[1] + '/web/*.tar'):
            with tarfile.open(path) as shard: members = [(m.name, shard.extractfile(m).read()) for m in shard]
            with tarfile.open(path, 'w') as shard:
                for name, data in members:
                    if name.endswith('.json'):
                        fields = json.loads(data)
                        for column in names:
                            if column not in fields: fields[column] = [None, ''][int(random.integers(2))]
                            elif random.integers(2): fields[column] = repr(fields[column])
                        data = json.dumps(fields, indent=1).encode()
                    member = tarfile.TarInfo(name)
                    member.size = len(data)
                    shard.addfile(member, io.BytesIO(data))
        """, folder)
      #expect(try Contents("\(folder)/web") == source)
    }
  }

  @Test func `shards of others are refused with what is missing`() throws {
    try withScratchFolder { folder in
      try makeShards(folder)
      try removeFile("\(folder)/web/dataset.json")
      reason("holds tar files but no dataset.json") { try Contents("\(folder)/web") }
    }
  }
}
