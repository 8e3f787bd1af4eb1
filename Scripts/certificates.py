"""What `certificate-corpus` is made of: certificates in the making, from terms as text.

Terms are written as (f a b), (pi x A B), (lam x A t), (let x A v t), (-> A B), (num T 5); #3 is a
bare index, a macro a node that is shared. Every certificate gets the right hash and the right list
of axioms unless being wrong there is the point.
"""

import hashlib
import re

PRIMITIVES = {"=", "refl", "subst"}


def parse(text):
    tokens = re.findall(r"[()]|[^\s()]+", text)

    def term():
        token = tokens.pop(0)
        if token != "(":
            return token
        items = []
        while tokens[0] != ")":
            items.append(term())
        tokens.pop(0)
        return items

    result = term()
    assert not tokens, text
    return result


class Certificate:
    """Lines of a certificate in the making; nodes are shared."""

    def __init__(self, theory, statement, proof, axioms=None):
        self.lines, self.numbers, self.declared, self.computable = [], {}, {}, {}
        self.literals, self.macros = {}, {}
        for line in theory.split("\n"):
            if line:
                self.declare(line)
        self.theory_end = len(self.lines)
        self.roots = [self.node(parse(statement), []), self.node(parse(proof), [])]
        self.axioms = self.closure() if axioms is None else axioms

    def declare(self, line):
        keyword, *rest = line.split()
        if keyword in ("literals", "computable"):
            self.lines.append(" ".join([keyword] + rest))
            (self.literals if keyword == "literals" else self.computable)[rest[0]] = rest[1:]
            return
        name = rest[0]
        if keyword == "macro":
            self.macros[name] = self.node(parse(" ".join(rest[1:])), [])
            return
        terms = [self.node(parse(t), []) for t in line.split(None, 2)[2].split(" := ")]
        self.lines.append(" ".join([keyword, name] + [str(t) for t in terms]))
        self.declared.setdefault(name, (keyword, terms))

    def add(self, text):
        if text not in self.numbers:
            self.numbers[text] = len(self.numbers)
            self.lines.append(f"{self.numbers[text]} {text}")
        return self.numbers[text]

    def node(self, term, scope):
        if isinstance(term, str):
            if term in scope:
                return self.add(f"bound {scope[::-1].index(term)}")
            if term in self.macros:
                return self.macros[term]
            if term in ("prop", "type", "kind"):
                return self.add(f"sort {term}")
            if term.startswith("#"):
                return self.add(f"bound {term[1:]}")
            return self.add(f"constant {term}")
        head = term[0]
        if head in ("pi", "lam"):
            _, name, domain, body = term
            a = self.node(domain, scope)
            b = self.node(body, scope + [name])
            return self.add(f"{'forall' if head == 'pi' else 'lambda'} {a} {b}")
        if head == "let":
            _, name, kind, value, body = term
            a, v = self.node(kind, scope), self.node(value, scope)
            return self.add(f"let {a} {v} {self.node(body, scope + [name])}")
        if head == "->":
            if len(term) == 2:
                return self.node(term[1], scope)
            a = self.node(term[1], scope)
            return self.add(f"forall {a} {self.node(['->'] + term[2:], scope + ['_'])}")
        if head == "num":
            return self.add(f"numeral {term[1]} {term[2]}")
        result = self.node(head, scope)
        for argument in term[1:]:
            result = self.add(f"apply {result} {self.node(argument, scope)}")
        return result

    def closure(self):
        nodes = {number: text.split() for text, number in self.numbers.items()}
        reached, visited, pending = set(), set(), list(self.roots)
        while pending:
            number = pending.pop()
            if number in visited:
                continue
            visited.add(number)
            operation, *operands = nodes[number]
            names = []
            if operation == "constant":
                names = [operands[0]]
            elif operation == "numeral":
                names = [operands[0]] + self.literals.get(operands[0], [])
            elif operation not in ("sort", "bound"):
                pending += [int(n) for n in operands]
            while names:
                name = names.pop()
                if name in reached or name in PRIMITIVES or name not in self.declared:
                    continue
                reached.add(name)
                pending += self.declared[name][1]
                if name in self.computable:
                    names += self.computable[name]
                    for kind, others in self.literals.items():
                        names += [kind] + others
        return [n for n, (k, _) in self.declared.items() if n in reached and k == "assume"]

    def text(self):
        body = self.lines[self.theory_end:]
        end = [" ".join(["axioms"] + self.axioms)]
        end += [f"statement {self.roots[0]}", f"proof {self.roots[1]}", "end"]
        return assemble(self.lines[: self.theory_end], body + end)


def assemble(theory, rest, digest=None):
    block = "".join(line + "\n" for line in ["theory"] + theory + ["end-theory"])
    digest = digest or hashlib.sha256(block.encode()).hexdigest()
    return f"minimo-certificate 1\ntheory-hash {digest}\n{block}" + "".join(l + "\n" for l in rest)


def rehash(text):
    """The text with the right hash, after an edit of the theory."""
    start, end = text.index("theory\n", 30), text.index("end-theory\n") + len("end-theory\n")
    digest = hashlib.sha256(text[start:end].encode()).hexdigest()
    return re.sub(r"theory-hash \w+", f"theory-hash {digest}", text, count=1)


def edit(text, old, new, hashed=True):
    assert text.count(old) == 1, (old, text.count(old))
    text = text.replace(old, new)
    return rehash(text) if hashed else text
