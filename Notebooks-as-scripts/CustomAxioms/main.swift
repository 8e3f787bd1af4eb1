// # Axioms of your own
//
// Mathematics from nothing but a few lines of axioms: we write down a theory, look at what can be
// said in it, prove something by search alone, let an agent learn for a few seconds, and print
// the hardest theorem that it found, with a proof that the kernel checked.
//
// Run it with `make build && .build/release/CustomAxioms`.

import Minimo

// ## 1. Axioms
//
// A line `name : type.` declares a constant. Brackets are functions and implications: an axiom is
// a constant whose type is a proposition. These are a set with a "middle" of any two points, in
// the order given or the other, and a middle of a point with itself that is the point.

let axioms = """
  P : type.
  origin : P.
  middle : [P -> P -> P].

  /* The middle does not depend on the order. */
  middle_swap : [('a : P) -> ('b : P) -> (= (middle 'a 'b) (middle 'b 'a))].
  #forward middle_swap ((middle 'a 'b) : P).

  /* The middle of a point with itself is the point. */
  middle_same : [('a : P) -> (= (middle 'a 'a) 'a)].
  #forward middle_same ((middle 'a 'a) : P).

  #premises middle_swap middle_same eq_refl eq_symm rewrite.
  """

let domain = try Domain(name: "middles", text: axioms)
print("The theory '\(domain.name)' has \(domain.declarationCount) declarations.\n")

// ## 2. What can be said
//
// The conjecturer writes token by token, and is only ever offered tokens from which a well-typed
// proposition can still be finished. So even random weights pose nothing but propositions. Most
// are false, of course.

print("Five conjectures of an agent that knows nothing:")
for posed in try domain.pose(5, seed: 1) {
  print("  \(posed.statement)")
}

// ## 3. A proof by search alone
//
// Without an agent, all actions count alike. The search finds this one all the same.

let statement = "[('a : P) -> ('b : P) -> (= 'a 'b) -> (= (middle 'a 'b) 'b)]"
let report = try domain.prove(statement, expansions: 2000)

print("\nProved after \(report.expansions) expansions:")
print(report.theorem?.script ?? "nothing: \(statement) is still open")

// ## 4. A short training
//
// Pose, prove, learn, three times over. Everything depends on the seed alone: run this again,
// with any number of threads, and the same theorems come out.

var configuration = Preset.quick.configuration
configuration.seed = 3
configuration.iterations = 3
configuration.conjectures = 40
configuration.expansions = 100
configuration.width = 64
configuration.learning.steps = 30

print("\nTraining:")
print("  iteration  posed  proved  in hindsight")
let training = try Trainer(domain: domain, configuration: configuration).train { event in
  guard case .committed(let report) = event else { return }
  print(
    "\(report.iteration)".padded(to: 11) + "\(report.attempts.count)".padded(to: 7)
      + "\(report.proofs.count)".padded(to: 8) + "\(report.hindsight.count)".padded(to: 14))
}

// ## 5. A theorem
//
// The hardest is the one whose proof the agent itself thought least likely before it learned from
// it.

let theorems = training.theorems
if let hardest = theorems.first {
  print("\n\(theorems.count) theorems. The hardest:\n\(hardest.theorem.script)")
}

// ## 6. What the agent knows now
//
// The trained agent guides the search that was blind above.

let guided = try domain.prove(statement, by: training.agent, expansions: 2000)
let outcome = guided.theorem == nil ? "is open" : "took \(guided.expansions)"
print("\nThe statement of section 3 took \(report.expansions) expansions without the agent")
print("and \(outcome) with it.")
