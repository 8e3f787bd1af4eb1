import Glibc
import Probability

/// How many of a population are susceptible, exposed, infectious and recovered.
struct Compartments: Sendable {
  var susceptible = 0
  var exposed = 0
  var infectious = 0
  var recovered = 0

  var total: Int { susceptible + exposed + infectious + recovered }
}

/// An outbreak of dengue on the island of Yap: people and mosquitoes infect each other.
///
/// Each day some of the susceptible meet the infectious of the other population, some of those
/// become exposed, some of the exposed infectious, some of the infectious recover. Mosquitoes
/// also die and hatch. A case is reported with some probability. All counts are binomial, and the
/// six unknown probabilities have Beta priors: with delayed sampling they are never drawn.
///
/// Sources: Funk, Kucharski, Camacho, Eggo, Yakob, Murray, Edmunds, "Comparative analysis of dengue
/// and Zika outbreaks reveals differences by setting and virus" (PLOS NTD 2016), for the data and
/// the model; Murray, Lundén, Kudlicka, Broman, Schön, "Delayed sampling and automatic
/// Rao–Blackwellization of probabilistic programs" (AISTATS 2018), for this form of it.
struct Outbreak: SequentialModel {
  static let people = 7370

  /// The probabilities that an encounter leads to exposure, that exposed become infectious in a
  /// day, and that infectious recover in a day; those of mosquitoes; that a case is reported.
  var exposure = Random<Double>()
  var onset = Random<Double>()
  var recovery = Random<Double>()
  var mosquitoExposure = Random<Double>()
  var mosquitoOnset = Random<Double>()
  var reporting = Random<Double>()

  /// The logarithm to base 10 of mosquitoes for each person, if it is given.
  var givenDensity: Double?
  /// How many people are infectious, and how many exposed, at the start: the mean of a Poisson.
  var meanAtStart: Double
  var density = 0.0
  var humans = Compartments()
  var mosquitoes = Compartments()
  /// New infectious people since the last report.
  var unreported = 0

  var rates: [Random<Double>] {
    [exposure, onset, recovery, mosquitoExposure, mosquitoOnset, reporting]
  }

  static let names = [
    "exposure", "onset", "recovery", "mosquito exposure", "mosquito onset", "reporting",
  ]

  /// Few are infected when reports begin, and nothing is known of how many mosquitoes there are.
  init(density: Double? = nil, meanAtStart: Double = 5) {
    givenDensity = density
    self.meanAtStart = meanAtStart
  }

  /// The outbreak as the reports of each week tell it, a step of the model for each, with ten
  /// mosquitoes for each person; what is of a day elsewhere is then of a step.
  ///
  /// Source: Wigren, Risuleo, Murray, Lindsten, "Parameter elimination in particle Gibbs sampling"
  /// (NeurIPS 2019), section 4.2.
  static let weekly = Outbreak(density: 1, meanAtStart: 35)

  mutating func start(_ p: inout some ProbabilisticContext) {
    // Modes are the inverses of durations known from the literature, in days.
    exposure = p.assume(Beta(1, 1))
    onset = p.assume(Beta(1 + 2 / 4.4, 3 - 2 / 4.4))
    recovery = p.assume(Beta(1 + 2 / 4.5, 3 - 2 / 4.5))
    mosquitoExposure = p.assume(Beta(1, 1))
    mosquitoOnset = p.assume(Beta(1 + 2 / 6.5, 3 - 2 / 6.5))
    reporting = p.assume(Beta(1, 1))
    humans.infectious = 1 + p.draw(Poisson(meanAtStart))
    humans.exposed = p.draw(Poisson(meanAtStart))
    let others = Self.people - humans.infectious - humans.exposed
    humans.recovered = p.draw(UniformInteger(0, others))
    humans.susceptible = others - humans.recovered
    density = givenDensity ?? p.draw(Uniform(-1, 2))
    mosquitoes.susceptible = Int(Double(Self.people) * pow(10, density))
    unreported = humans.infectious
  }

  /// Takes the number of cases that were reported, nil on a day without a report.
  mutating func step(_ t: Int, _ y: Int?, _ p: inout some ProbabilisticContext) {
    if t > 0 { pass(&p) }
    if let y {
      p.observe(y, Binomial(count: unreported, probability: reporting))
      unreported = 0
    }
  }

  /// A day.
  private mutating func pass(_ p: inout some ProbabilisticContext) {
    let people = Double(Self.people)
    let bitten = p.draw(
      Binomial(
        count: humans.susceptible, probability: 1 - exp(-Double(mosquitoes.infectious) / people)))
    let biting = p.draw(
      Binomial(
        count: mosquitoes.susceptible, probability: 1 - exp(-Double(humans.infectious) / people)))
    let exposed = p.draw(Binomial(count: bitten, probability: exposure))
    let infectious = p.draw(Binomial(count: humans.exposed, probability: onset))
    let recovered = p.draw(Binomial(count: humans.infectious, probability: recovery))
    humans.susceptible -= exposed
    humans.exposed += exposed - infectious
    humans.infectious += infectious - recovered
    humans.recovered += recovered
    unreported += infectious

    let before = mosquitoes.total
    let carrying = p.draw(Binomial(count: biting, probability: mosquitoExposure))
    let spreading = p.draw(Binomial(count: mosquitoes.exposed, probability: mosquitoOnset))
    // A mosquito lives a week.
    let survival = 6.0 / 7
    mosquitoes.susceptible = p.draw(
      Binomial(count: mosquitoes.susceptible - carrying, probability: survival))
    mosquitoes.exposed = p.draw(
      Binomial(count: mosquitoes.exposed + carrying - spreading, probability: survival))
    mosquitoes.infectious = p.draw(
      Binomial(count: mosquitoes.infectious + spreading, probability: survival))
    mosquitoes.susceptible += p.draw(Binomial(count: before, probability: 1 - survival))
  }

  func visit(_ visitor: inout RandomVisitor) { visitor.keep(rates) }
}
