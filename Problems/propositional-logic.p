/* Textbook statements of propositional logic, most of them after Kleene, Introduction to
   Metamathematics (1952), section 26; the last ones need excluded middle. Axioms:
   Domains/propositional-logic.p. */

theorem identity : [('A : prop) -> 'A -> 'A].
theorem weakening : [('A : prop) -> ('B : prop) -> 'A -> 'B -> 'A].
theorem modus_ponens : [('A : prop) -> ('B : prop) -> 'A -> ['A -> 'B] -> 'B].
theorem chain : [('A : prop) -> ('B : prop) -> ('C : prop) -> ['A -> 'B] -> ['B -> 'C] -> 'A -> 'C].
theorem exchange : [('A : prop) -> ('B : prop) -> ('C : prop)
                    -> ['A -> 'B -> 'C] -> 'B -> 'A -> 'C].
theorem and_swaps : [('A : prop) -> ('B : prop) -> (and 'A 'B) -> (and 'B 'A)].
theorem and_of_one : [('A : prop) -> 'A -> (and 'A 'A)].
theorem uncurry : [('A : prop) -> ('B : prop) -> ('C : prop)
                   -> ['A -> 'B -> 'C] -> (and 'A 'B) -> 'C].
theorem curry : [('A : prop) -> ('B : prop) -> ('C : prop)
                 -> [(and 'A 'B) -> 'C] -> 'A -> 'B -> 'C].
theorem and_monotone : [('A : prop) -> ('B : prop) -> ('C : prop)
                        -> ['A -> 'B] -> (and 'A 'C) -> (and 'B 'C)].
theorem or_swaps : [('A : prop) -> ('B : prop) -> (or 'A 'B) -> (or 'B 'A)].
theorem or_of_one : [('A : prop) -> (or 'A 'A) -> 'A].
theorem or_monotone : [('A : prop) -> ('B : prop) -> ('C : prop)
                       -> ['A -> 'B] -> (or 'A 'C) -> (or 'B 'C)].
theorem contradiction : [('A : prop) -> ('B : prop) -> 'A -> (not 'A) -> 'B].
theorem double_negation : [('A : prop) -> 'A -> (not (not 'A))].
theorem contraposition : [('A : prop) -> ('B : prop) -> ['A -> 'B] -> (not 'B) -> (not 'A)].
theorem not_both : [('A : prop) -> (not (and 'A (not 'A)))].
theorem triple_negation : [('A : prop) -> (not (not (not 'A))) -> (not 'A)].
theorem iff_of_one : [('A : prop) -> (iff 'A 'A)].
theorem iff_swaps : [('A : prop) -> ('B : prop) -> (iff 'A 'B) -> (iff 'B 'A)].
theorem iff_chain : [('A : prop) -> ('B : prop) -> ('C : prop)
                     -> (iff 'A 'B) -> (iff 'B 'C) -> (iff 'A 'C)].
theorem neither : [('A : prop) -> ('B : prop)
                   -> (not (or 'A 'B)) -> (and (not 'A) (not 'B))].
theorem distribute : [('A : prop) -> ('B : prop) -> ('C : prop)
                      -> (and 'A (or 'B 'C)) -> (or (and 'A 'B) (and 'A 'C))].
theorem stability : [('A : prop) -> (not (not 'A)) -> 'A].
theorem disjunctive_arrow : [('A : prop) -> ('B : prop) -> ['A -> 'B] -> (or (not 'A) 'B)].
theorem peirce : [('A : prop) -> ('B : prop) -> [['A -> 'B] -> 'A] -> 'A].
