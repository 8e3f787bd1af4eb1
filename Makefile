# One release build, with testing enabled, serves the program, the tests and the scripts: the same
# flags everywhere, so that no command rebuilds the objects of another.

SHELL := /bin/bash

FLAGS := -c release -Xswiftc -enable-testing
MINIMO := .build/release/minimo
SWIFT_FILES := Package.swift Sources Tests Notebooks-as-scripts Fuzzing/Package.swift \
	Benchmarks/Package.swift Benchmarks/Sources/Bench \
	$(wildcard $(addprefix Fuzzing/Sources/,Differential Fuzz* Verdicts SyntaxProperty))

# What `make train` trains in, and further arguments of `minimo train`.
DOMAIN ?= groups
ARGS ?=

.PHONY: help train test build program lint format clean packages

help:
	@echo 'make train    build, then learn abelian groups from their axioms (15 minutes on 2 cores)'
	@echo '              make train ARGS="--preset quick"     a look, within 2 minutes'
	@echo '              make train DOMAIN=nat-add            another domain, by name or file'
	@echo '              make train ARGS=--resume             go on with an interrupted run'
	@echo 'make test     build, then run all tests'
	@echo 'make build    build the program, the tests and the notebooks'
	@echo 'make lint     check format, lengths, imports and the table of the fuzzers'
	@echo 'make format   format all Swift files in place'
	@echo 'make clean    remove what was built'

train: program
	$(MINIMO) train --domain '$(DOMAIN)' $(ARGS)

test: build
	swift test --skip-build $(FLAGS)

program: packages
	swift build --product minimo $(FLAGS)

build: packages
	swift build --build-tests $(FLAGS)

packages:
	@Scripts/system-packages libgmp-dev libsqlite3-dev

lint:
	swift format lint --strict --parallel --recursive $(SWIFT_FILES)
	Scripts/lint-lengths
	Scripts/lint-imports
	Scripts/lint-fuzzing

format:
	swift format --in-place --parallel --recursive $(SWIFT_FILES)
	Scripts/wrap-comments

clean:
	rm -rf .build
