# syntax=docker/dockerfile:1
# What the guides to Poetry in Docker arrive at: Poetry in a stage of its own, the
# dependencies before the code, cache mounts, and only the virtual environment and the
# code in the image.
FROM python:3.13-slim AS base
ENV PYTHONUNBUFFERED=1
WORKDIR /app

FROM base AS builder
ENV POETRY_NO_INTERACTION=1 POETRY_VIRTUALENVS_IN_PROJECT=1 POETRY_CACHE_DIR=/root/.cache/pypoetry
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install poetry==2.5.1
COPY pyproject.toml poetry.lock ./
RUN --mount=type=cache,target=/root/.cache/pypoetry \
    poetry install --only main --no-root --compile

FROM base AS production
RUN groupadd --system app && useradd --system --gid app --no-create-home app
COPY --from=builder /app/.venv /app/.venv
COPY . .
ENV PATH="/app/.venv/bin:$PATH" ORDERS_LOG_LEVEL=info
USER app
EXPOSE 8000
CMD ["uvicorn", "orders.main:app", "--host", "0.0.0.0", "--port", "8000"]
