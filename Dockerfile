# The program in an image, for CPUs or GPUs; docs/installing.md says how to run it.
#   docker build --tag wirgan_tf .
#   docker build --tag wirgan_tf:gpu --build-arg EXTRAS=gpu,serving,beam .
ARG PYTHON=3.12

FROM python:${PYTHON}-slim AS build
WORKDIR /source
COPY . .
RUN pip install --no-cache-dir --constraint constraints.txt build && python -m build --wheel --outdir /dist

FROM python:${PYTHON}-slim
ARG EXTRAS=serving,beam
COPY constraints.txt /tmp/
COPY --from=build /dist /dist
RUN pip install --no-cache-dir --constraint /tmp/constraints.txt "$(ls /dist/*.whl)[${EXTRAS}]" && rm -r /dist

# Any user may run it, so that files in a mounted folder belong to whoever started it.
RUN mkdir --mode=777 /work /home/any
ENV HOME=/home/any MPLCONFIGDIR=/tmp/matplotlib
WORKDIR /work
USER 1000
EXPOSE 8500 8501
ENTRYPOINT ["wirgan_tf"]
CMD ["--mode=list"]
