/// The domain files that come with Minimo, compiled into the library.
public enum ShippedDomains {
  /// Names, in the order in which help texts list them.
  public static let names = ["groups", "nat-add", "nat-mul", "propositional-logic"]

  /// The text of a shipped domain file; nil for any other name.
  public static func text(named name: String) -> String? {
    let bytes: [UInt8]
    switch name {
    case "groups": bytes = PackageResources.groups_p
    case "nat-add": bytes = PackageResources.nat_add_p
    case "nat-mul": bytes = PackageResources.nat_mul_p
    case "propositional-logic": bytes = PackageResources.propositional_logic_p
    default: return nil
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
