"""Theories for the certificates of `certificate-corpus`, and those that must be accepted."""

from certificates import Certificate

NAT = """
assume nat type
assume z nat
assume s (-> nat nat)
literals nat z s
assume + (-> nat nat nat)
assume * (-> nat nat nat)
assume +_z (pi n nat (= nat (+ n z) n))
assume +_s (pi n nat (pi m nat (= nat (+ n (s m)) (s (+ n m)))))
assume *_z (pi n nat (= nat (* n z) z))
assume *_s (pi n nat (pi m nat (= nat (* n (s m)) (+ n (* n m)))))
assume nat_ind (pi p (-> nat prop) (-> (p z) (pi n nat (-> (p n) (p (s n)))) (pi n nat (p n))))
"""
PLUS = NAT + "computable + +_z +_s\n"
TIMES = PLUS + "computable * *_z *_s\n"
GROUP = """
assume G type
assume op (-> G G G)
assume id G
assume inv (-> G G)
assume op_assoc (pi a G (pi b G (pi c G (= G (op (op a b) c) (op a (op b c))))))
assume id_l (pi a G (= G (op id a) a))
assume inv_l (pi a G (= G (op (inv a) a) id))
"""
LOGIC = """
assume false prop
assume not (-> prop prop)
assume and (-> prop prop prop)
assume and_i (pi P prop (pi Q prop (-> P Q (and P Q))))
assume and_el (pi P prop (pi Q prop (-> (and P Q) P)))
assume and_er (pi P prop (pi Q prop (-> (and P Q) Q)))
assume not_i (pi P prop (-> (-> P false) (not P)))
assume not_e (pi P prop (-> (not P) P false))
"""
SYMMETRY = "(pi t type (pi a t (pi b t (-> (= t a b) (= t b a)))))"
SYMMETRY_PROOF = ("(lam t type (lam a t (lam b t (lam e (= t a b)"
                  " (subst t a b (lam x t (= t x a)) e (refl t a))))))")
ZERO_ADD = "(pi n nat (= nat (+ z n) n))"
ZERO_ADD_PROOF = ("(nat_ind (lam n nat (= nat (+ z n) n)) (+_z z)"
                  " (lam n nat (lam h (= nat (+ z n) n)"
                  " (subst nat (+ z n) n (lam x nat (= nat (+ z (s n)) (s x))) h (+_s z n)))))")
POWER = """
assume ^ (-> nat nat nat)
assume ^_z (pi n nat (= nat (^ n z) (s z)))
assume ^_s (pi n nat (pi m nat (= nat (^ n (s m)) (* n (^ n m)))))
"""


def doubling(name, depth):
    """Definitions name0 = 1, name(k+1) = name(k) + name(k)."""
    return f"define {name}0 nat := (s z)\n" + "".join(
        f"define {name}{k + 1} nat := (+ {name}{k} {name}{k})\n" for k in range(depth))


def positive():
    yield "refl", Certificate(GROUP, "(pi a G (= G a a))", "(lam a G (refl G a))")
    yield "symmetry", Certificate("", SYMMETRY, SYMMETRY_PROOF)
    yield "identity", Certificate("", "(pi P prop (-> P P))", "(lam P prop (lam h P h))")
    yield "rewriting", Certificate(
        GROUP, "(pi a G (= G (op (op id a) a) (op a a)))",
        "(lam a G (subst G (op id a) a (lam x G (= G (op (op id a) a) (op x a))) (id_l a)"
        " (refl G (op (op id a) a))))")
    yield "lemma", Certificate(
        GROUP + f"prove symm {SYMMETRY} := {SYMMETRY_PROOF}",
        "(pi a G (= G a (op id a)))", "(lam a G (symm G (op id a) a (id_l a)))")
    yield "definition", Certificate(
        GROUP + "define square (-> G G) := (lam a G (op a a))",
        "(pi a G (= G (square (op id a)) (op (op id a) (op id a))))",
        "(lam a G (refl G (square (op id a))))")
    yield "induction", Certificate(NAT, ZERO_ADD, ZERO_ADD_PROOF)
    yield "let", Certificate(
        GROUP, "(pi a G (= G (op (op a a) (op a a)) (op (op a a) (op a a))))",
        "(lam a G (let b G (op a a) (let c G (op b b) (refl G c))))")
    yield "let-in-type", Certificate(
        NAT, "(let N type nat (pi n N (= nat n n)))", "(lam n nat (refl nat n))")
    yield "logic", Certificate(
        LOGIC, "(pi P prop (not (and P (not P))))",
        "(lam P prop (not_i (and P (not P)) (lam h (and P (not P))"
        " (not_e P (and_er P (not P) h) (and_el P (not P) h)))))")
    yield "literals", Certificate(
        NAT, "(= nat (s (num nat 4)) (num nat 5))", "(refl nat (num nat 5))")
    yield "literal-zero", Certificate(NAT, "(= nat z (num nat 0))", "(refl nat z)")
    yield "literal-large", Certificate(
        NAT, "(= nat (s (num nat 999999999)) (num nat 1000000000))",
        "(refl nat (num nat 1000000000))")
    yield "literal-huge", Certificate(
        NAT, f"(= nat (s (num nat {'9' * 4095})) (num nat 1{'0' * 4095}))",
        f"(refl nat (num nat 1{'0' * 4095}))")
    yield "computable-axioms", Certificate(
        PLUS, "(pi n nat (pi m nat (= nat (+ n (s m)) (s (+ n m)))))",
        "(lam n nat (lam m nat (refl nat (+ n (s m)))))")
    yield "computable-large", Certificate(
        PLUS, "(= nat (+ (num nat 123456789) (num nat 987654321)) (num nat 1111111110))",
        "(refl nat (num nat 1111111110))")
    yield "computable-slow", Certificate(
        TIMES, "(= nat (+ (* (num nat 12) (num nat 12)) (s z)) (num nat 145))",
        "(refl nat (num nat 145))")
    yield "computable-product", Certificate(
        TIMES, "(= nat (* (num nat 99999999999) (num nat 99999999999))"
        " (num nat 9999999999800000000001))", "(refl nat (num nat 9999999999800000000001))")
    yield "computable-symbolic", Certificate(
        PLUS, "(pi n nat (= nat (+ n (num nat 2)) (s (s n))))",
        "(lam n nat (refl nat (+ n (num nat 2))))")
    yield "computable-other", Certificate(
        TIMES + POWER + "computable ^ ^_z ^_s\n",
        "(= nat (^ (num nat 2) (num nat 70)) (num nat 1180591620717411303424))",
        "(refl nat (num nat 1180591620717411303424))")
    yield "equality-of-propositions", Certificate(
        LOGIC, "(= prop false false)", "(refl prop false)")
    yield "computable-binder", Certificate(
        NAT + "assume f (-> nat nat nat)\nassume f_z (pi n nat (= nat (f n z) n))\n"
        "assume f_s (pi n nat (pi m nat (= nat (f n (s m)) (let k nat (f n m) (s k)))))\n"
        "computable f f_z f_s",
        "(pi n nat (= nat (f n (num nat 3)) (s (s (s n)))))",
        "(lam n nat (refl nat (f n (num nat 3))))")
    yield "literals-by-synonym", Certificate(
        "assume nat type\ndefine N type := nat\nassume z N\nassume s (-> N nat)\n"
        "literals nat z s", "(= nat (s z) (num nat 1))", "(refl N (s z))")
    yield "polymorphic", Certificate(
        "", "(pi t type (pi p (-> t prop) (pi x t (-> (p x) (p x)))))",
        "(lam t type (lam p (-> t prop) (lam x t (lam h (p x) h))))")
    yield "redex", Certificate(
        GROUP, "(pi a G (= G (op a a) (op a a)))",
        "(lam a G ((lam f (-> G G) (lam x G (refl G (f x)))) (lam y G (op y y)) a))")
    yield "sharing", Certificate(
        LOGIC + "assume P prop\nmacro m0 P\n"
        + "\n".join(f"macro m{k + 1} (and m{k} m{k})" for k in range(60)),
        "(-> m60 m60)", "(lam h m60 h)")
    yield "sharing-computed", Certificate(
        NAT + doubling("e", 60) + doubling("f", 60), "(= nat e60 f60)", "(refl nat f60)")
    yield "no-axioms", Certificate("", "(pi P prop (-> P P))", "(lam P prop (lam h P h))")
