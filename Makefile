# make demo     installs what is missing, builds, makes a small dataset and a contact sheet
# make test     installs what is missing, builds and runs all tests; ONLY=NAME runs the suites whose names hold NAME
# make build    builds the program for this machine's processor: .build/release/lensing
# make learn    installs libtorch, builds the classifier: .build/release/lensing-learn
# make bench    times kernels and scenes: Output/benchmarks.json
# make bench-peers   the same scenes in caustics, herculens and lenstronomy: do pixels agree, who is how fast?
#                    PEERS=caustics SCENES=W1,W2 narrows it; writes Output/bench-peers.json
# make bench-learn   times training steps here and in Python's PyTorch, in turns: Output/bench-learn.json
# make bench-python  what Python costs beside Swift, and how long a training waits for images: Output/bench-python.json
# make wheel    builds the Python package: Output/wheel/*.whl
# make api      makes the pages of the Swift library: Output/api, for a web server
# make format   formats the sources; make lint only checks them

LIBRARIES := pkg-config libfftw3-dev libgsl-dev libcfitsio-dev libpng-dev libssl-dev libarchive-dev libhdf5-dev libmatio-dev \
  gnuplot-nox
TEST_TOOLS := python3-numpy python3-astropy python3-h5py python3-pil python3-venv slurm-wlm munge chromium
# The classifier's libtorch is Debian's, unless LIBTORCH names the folder of another (pip's torch/, or a download).
export LIBTORCH :=
TORCH_LIBRARIES := g++ libsvm-dev $(if $(LIBTORCH),,libtorch-dev)
# What the tests of the classifier are held against.
TORCH_TEST_TOOLS := python3-torch python3-sklearn python3-scipy python3-matplotlib
TORCH_PYTHON := .build/learning-python
# Reaches C and, through it, Swift's code generation; empty it for a binary that runs on any x86-64.
# Clang prefers half as wide vectors as AVX-512 has, for the sake of programs that use few of them.
NATIVE := -Xcc -march=native -Xcc -mprefer-vector-width=512
BUILD := -c release $(NATIVE)
TORCH := --traits Torch $(if $(LIBTORCH),-Xcxx -I$(LIBTORCH)/include \
  $(foreach name,torch torch_cpu c10,-Xlinker $(LIBTORCH)/lib/lib$(name).so) -Xlinker -rpath -Xlinker $(LIBTORCH)/lib)
LENSING := .build/release/lensing
DEMO := Output/demo
BENCHMARKS := .build/release/lensing-benchmarks
PEERS := caustics,herculens,lenstronomy
SCENES := W1,W2,W3,W4,W5,W6,W7,W8
PEER_PYTHON := python3.11
# Where pip finds PyTorch for processors alone, if its usual places have none.
TORCH_INDEX := https://download.pytorch.org/whl/cpu

.PHONY: demo test build learn bench bench-peers bench-learn bench-python wheel api format lint libraries test-tools torch-libraries

demo: build
	$(LENSING) generate model-a --count 24 --output $(DEMO) --overwrite
	@$(LENSING) preview $(DEMO) > /dev/null
	@echo
	@echo "Images (NumPy, FITS), tables and truth: $(CURDIR)/$(DEMO)"
	@echo "Contact sheet:                          $(CURDIR)/$(DEMO)/preview.png"
	@echo "The program:                            $(CURDIR)/$(LENSING) --help"

test: libraries test-tools torch-libraries $(TORCH_PYTHON)/with-escnn
	swift build $(BUILD) $(TORCH) --build-tests
	swift test $(BUILD) $(TORCH) --skip-build $(if $(ONLY),--filter '$(ONLY)')

build: libraries
	swift build $(BUILD) --product lensing

learn: libraries torch-libraries
	swift build $(BUILD) $(TORCH) --product lensing-learn

bench: libraries
	swift build $(BUILD) --product lensing-benchmarks
	$(BENCHMARKS) Output/benchmarks.json

bench-peers: libraries
	@sh .ci/install g++
	swift build $(BUILD) --product lensing-benchmarks
	@TORCH_INDEX=$(TORCH_INDEX) sh Tests/Benchmarks/Peers/install $(PEER_PYTHON) Tests/Benchmarks/.peers $(PEERS)
	$(PEER_PYTHON) Tests/Benchmarks/Peers/compare.py --ours $(BENCHMARKS) --peers Tests/Benchmarks/.peers \
	  --only $(PEERS) --scenes $(SCENES) --output Output/bench-peers.json

# The shared library with all that it needs, apart from what every Linux has: copied in by auditwheel.
wheel: libraries
	@sh .ci/install python3-venv
	swift build $(BUILD) --product swiftlensing
	@sh Sources/Python/build-wheel .build/release/libswiftlensing.so .build/wheel Output/wheel
	@echo "Install it: pip install --force-reinstall $$(ls Output/wheel/*.whl)"

api: libraries
	swift build $(BUILD) --product SwiftLensing
	docs/build-api-pages .build/release Output/api
	@echo "Look at them: python3 -m http.server --directory Output/api, then localhost:8000/documentation/swiftlensing"

bench-python: libraries test-tools
	swift build $(BUILD) --product swiftlensing
	swift build $(BUILD) --product lensing-benchmarks
	@mkdir -p Output
	PYTHONPATH=Sources/Python SWIFTLENSING_LIBRARY=$(CURDIR)/.build/release/libswiftlensing.so \
	  /usr/bin/python3 Tests/Benchmarks/Python/rates.py $(BENCHMARKS) Output/bench-python.json

bench-learn: learn test-tools $(TORCH_PYTHON)/with-escnn
	@mkdir -p Output
	$(TORCH_PYTHON)/bin/python Tests/LearningTests/Twin/step_time.py .build/release/lensing-learn Output/bench-learn.json

format:
	swift format --in-place --recursive Sources Tests Package.swift

lint:
	swift format lint --strict --recursive Sources Tests Package.swift

libraries:
	@sh .ci/install $(LIBRARIES)

test-tools:
	@sh .ci/install $(TEST_TOOLS) $(TORCH_TEST_TOOLS)

torch-libraries:
	@sh .ci/install $(TORCH_LIBRARIES)

# Debian's PyTorch and, from PyPI, the package that reads the weights, mypy, and escnn without its own requirements, of which one
# would have to be compiled.
$(TORCH_PYTHON)/with-escnn: | test-tools
	(/usr/bin/python3 -m venv --system-site-packages $(TORCH_PYTHON) && \
	  $(TORCH_PYTHON)/bin/pip install --quiet safetensors mypy && \
	  $(TORCH_PYTHON)/bin/pip install --quiet --no-deps escnn lie_learn && \
	  touch $@) || (rm -rf $(TORCH_PYTHON); exit 1)
