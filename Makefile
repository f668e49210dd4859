SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup run test lint check bench bundle format lock clean

PY := .venv/bin/python
T ?= tests
WORKERS := $(shell [ "$$(nproc 2>/dev/null || echo 1)" -ge 2 ] && echo "-n auto")

# Chinese text goes in and out the same way on a system without any locale.
export PYTHONUTF8 := 1

help:
	@echo "make run     演示：在 out/ 建立演示台账，结一个月的月报，县局接收并发回执"
	@echo "make test    运行全部测试（只跑一部分：make test T=tests/models）"
	@echo "make check   代码规范、类型、分层检查和全部测试"
	@echo "make bench   性能测量，与对照比（只测一部分、写入 docs/figures.md：make bench B='listing --write'）"
	@echo "make bundle  生成可分发的程序文件夹 dist/ybz，并用它自检"
	@echo "make setup   只准备运行环境 .venv"
	@echo "make format  整理代码格式        make lock  重新锁定依赖        make clean  删除生成物"

setup:
	@scripts/setup.sh

run: setup
	$(PY) -m app.tour out

test: setup
	$(PY) -m pytest $(WORKERS) $(T)

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy --strict
	.venv/bin/lint-imports --no-logo

check: lint test

bench: setup
	@if [ "$$(id -u)" = 0 ] && ! { command -v soffice && command -v strace; } >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends libreoffice-calc-nogui strace; \
	fi
	$(PY) -m tests.benchmarks $(B)

bundle: setup
	@scripts/setup.sh bundle
	$(PY) -m PyInstaller --noconfirm --clean --log-level WARN build_installer.spec
	dist/ybz/ybz selftest
	@du -sh dist/ybz

format: setup
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

lock:
	@scripts/lock.sh

clean:
	rm -rf build dist out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
