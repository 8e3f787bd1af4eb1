extension ShippedDomains {
  /// Structures in Coq that satisfy the axioms of a domain: `Domains/Models`, compiled in.
  public static var coqModels: [String] {
    [
      PackageResources.groups_v, PackageResources.lattices_v, PackageResources.nat_add_v,
      PackageResources.nat_literals_v, PackageResources.nat_mul_v,
      PackageResources.propositional_logic_v,
    ].map { String(decoding: $0, as: UTF8.self) }
  }
}
