"""The stored snapshots of the catalogue."""

from django.db import models


class CatalogueSnapshot(models.Model):
    """One catalogue as it was when it was loaded (目录快照); never changed, never deleted.

    Records name the hash they entered under, so the law they entered under can always be shown.
    """

    hash = models.CharField("内容指纹", max_length=64, primary_key=True)
    content = models.TextField("内容")
    stored_at = models.DateTimeField("存入时间")

    class Meta:
        verbose_name = verbose_name_plural = "目录快照"

    def __str__(self) -> str:
        return f"{self.hash[:12]} {self.stored_at:%Y-%m-%d %H:%M}"
