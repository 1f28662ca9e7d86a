# Viewfit's tasks as an image. The stages are built first, on any machine with a JDK 17 and Maven: bin/viewfit build
#
#   docker build -t localhost/viewfit:0.1.0 .                                     for processors
#   docker build -t localhost/viewfit:0.1.0-cuda --build-arg TORCH=2.7.1 .        for NVIDIA GPUs: PyTorch for CUDA 12, some GB
#
# BASE    an image of Debian 12 or a derivative
# TORCH   version of the PyTorch whose libtorch is taken, by pip; empty: the one for processors that the stages bring
ARG BASE=docker.io/library/debian:12-slim
FROM ${BASE}
ARG TORCH=

# bash, coreutils and util-linux (flock) are in the base; Nextflow measures tasks with ps; figures need a font.
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends openjdk-17-jre-headless procps fontconfig \
      fonts-dejavu-core libgomp1 libjemalloc2 ${TORCH:+python3-venv} \
 && rm -rf /var/lib/apt/lists/*
RUN if [ -n "$TORCH" ]; then \
      python3 -m venv /opt/torch && /opt/torch/bin/pip install --no-cache-dir "torch==$TORCH" numpy \
      && ln -s "$(/opt/torch/bin/python -c 'import torch; print(torch.__path__[0])')/lib" /opt/libtorch; \
    fi

COPY bin /opt/viewfit/bin
COPY java-stages/dist /opt/viewfit/java-stages/dist

# Tasks run as the user who started them; libtorch is unpacked once for each into a folder that all may write.
ENV VIEWFIT_HOME=/opt/viewfit VIEWFIT_BUILT=image PATH=/opt/viewfit/bin:$PATH \
    DJL_CACHE_DIR=/opt/djl PYTORCH_LIBRARY_PATH=${TORCH:+/opt/libtorch}
RUN mkdir -p /opt/djl && chmod 1777 /opt/djl
