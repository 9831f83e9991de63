# Imports every top-level module, as the image's user, without network.
ARG IMAGE=scratch
FROM $IMAGE
RUN --network=none --mount=type=bind,source=imports.py,target=/imports.py ["python", "/imports.py"]
