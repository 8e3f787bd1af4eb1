/// Dengue cases reported on Yap, day by day; nil for days without a report.
///
/// From `examples/VectorBorneDisease/input/yap_dengue.json` of the repository lawmurray/Birch,
/// under the Apache License 2.0; the outbreak is that of Funk and others (PLOS NTD 2016).
let cases: [Int?] = [
  1, 2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 0, 0, 1, 0, 0, 2, 1, 4, 2, 3, 2, 2, 4, 1, 3,
  3, 4, 3, 3, 9, 1, 1, 7, 5, 4, 1, 2, 4, 7, 3, 6, 6, 4, 8, 6, 7, 2, 6, 7, 5, 7, 9, 10, 14, 9, 4,
  5, 7, 10, 11, 17, 6, 13, 13, 14, 13, 12, 12, 15, 16, 12, 14, 11, 17, 10, 10, 16, 12, 17, 29,
  21, 21, 25, 17, 12, 18, 11, 12, 10, 18, 8, 14, 10, 15, 16, 8, 7, 5, 7, 5, 5, 6, 11, 10, 5, 4,
  9, 6, 1, 6, 3, 6, 4, 3, 5, 1, 8, 2, 9, 4, 5, 4, 3, 3, 4, 4, 3, 3, 4, 5, 2, 5, 4, 2, 6, 4, 2,
  0, 4, 2, 1, 1, 1, 2, 3, 3, 3, 0, 3, 2, 1, 0, 1, 0, 0, 1, 2, 2, 1, 0, 1, 1, 1, nil, nil, nil,
  nil, nil, nil, 0, nil, nil, nil, nil, nil, nil, 0,
]

/// Dengue cases reported on Yap, week by week.
///
/// From `input/yap_dengue_weekly.json` of the repository uu-sml/birch-vector-borne-disease, under
/// the Apache License 2.0.
let weeks = [
  0, 0, 1, 3, 4, 16, 21, 28, 32, 41, 58, 77, 94, 90, 142, 91, 68, 46, 35, 32, 26, 25, 19, 13, 7, 8,
  1, 0,
]
