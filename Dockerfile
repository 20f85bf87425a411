FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md ./
COPY bot bot
COPY handlers handlers
# The lock's second part is for development only.
RUN sed '/^# For development/,$d' requirements.lock > runtime.lock \
 && python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r runtime.lock \
 && python -m venv /tools \
 && /tools/bin/pip install --no-cache-dir --disable-pip-version-check "$(sed -n 's/^\(hatchling==[^ ]*\).*/\1/p' requirements.lock)" \
 && /tools/bin/python -m hatchling build -t wheel \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps dist/*.whl

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 chatops && install -d -o chatops /data
COPY --from=build /venv /venv
USER 10001
WORKDIR /data
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 LOG_FORMAT=json PORT=3000 \
    DATABASE_URL=sqlite+aiosqlite:////data/dialpad-chatops.db
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import os,urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
CMD ["dialpad-chatops", "run"]
