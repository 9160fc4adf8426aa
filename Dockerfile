# One image for every process of production: web, worker, beat and the migration step.
FROM python:3.12-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends \
       libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libthai0 libthai-data \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home codi

WORKDIR /app
COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/runtime.txt

COPY . .
ENV DJANGO_SETTINGS_MODULE=codi.settings.production \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp/matplotlib

# Fonts and static files become part of the image. The settings want their variables; the values
# here reach nothing, are known to everybody and do not stay in the image.
RUN SECRET_KEY=only-for-this-step-only-for-this-step-only-for-this-step \
    DATABASE_URL=postgres://nobody@localhost/none CELERY_BROKER_URL=redis://localhost \
    ALLOWED_HOSTS=localhost SITE_URL=https://localhost MEDIA_ROOT=/tmp \
    EMAIL_URL=none:// MAIL_FROM=nobody@localhost \
    python -m codi.preparation assets \
    && mkdir -p /media && chown codi: /media

USER codi
VOLUME /media
EXPOSE 8000
CMD ["gunicorn", "codi.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", \
     "--worker-tmp-dir", "/dev/shm"]
