"""People, what they may do (role) and where (scope)."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from codi.history import tracked
from codi.places.models import Province, Region


class Role(models.TextChoices):
    """What a person does; ``permissions.py`` of every room says what each may do."""

    REGIONAL_OFFICER = "regional_officer", "เจ้าหน้าที่สำนักงานภาค"
    REGIONAL_MANAGER = "regional_manager", "ผู้จัดการสำนักงานภาค"
    FINANCE_OFFICER = "finance_officer", "เจ้าหน้าที่การเงิน"
    ANALYST = "analyst", "นักวิเคราะห์"
    EXECUTIVE = "executive", "ผู้บริหาร"
    ADMINISTRATOR = "administrator", "ผู้ดูแลระบบ"


class ScopeLevel(models.TextChoices):
    """How far a person sees."""

    NATION = "nation", "ทั้งประเทศ"
    REGION = "region", "ภาค"
    PROVINCE = "province", "จังหวัด"


# The accounts of the system itself (codi.accounts.system): history names them, nobody manages them.
SYSTEM_USERNAMES = ("system", "system-checker")


class UserQuerySet(models.QuerySet["User"]):
    """People, as others see them."""

    def visible_to(self, user: User) -> Self:
        """Administrators of the whole country see all people, all others only themselves."""
        if user.role == Role.ADMINISTRATOR and user.sees_nation:
            return self.exclude(username__in=SYSTEM_USERNAMES)
        return self.filter(pk=user.pk)

    def covering(self, *, region_id: str | None, province_id: str | None = None) -> Self:
        """Active people whose scope holds a place: the nation, its region, or its province."""
        holds = Q(scope_level=ScopeLevel.NATION) | Q(
            scope_level=ScopeLevel.REGION, region=region_id
        )
        if province_id:
            holds |= Q(scope_level=ScopeLevel.PROVINCE, province=province_id)
        return self.filter(holds, is_active=True)

    def active_administrators(self) -> Self:
        """Those who can manage users."""
        return self.filter(role=Role.ADMINISTRATOR, scope_level=ScopeLevel.NATION, is_active=True)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes users with a hashed password."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Store a new user; ``password=None`` makes one who cannot log in."""
        user: User = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


@tracked(exclude=("password", "last_login"))
class User(AbstractBaseUser):
    """A person who logs in, or the system itself where a command acts."""

    username = models.CharField(
        "ชื่อผู้ใช้",
        max_length=60,
        unique=True,
        error_messages={"unique": "มีผู้ใช้ชื่อนี้แล้ว กรุณาใช้ชื่ออื่น"},
    )
    full_name = models.CharField("ชื่อ-สกุล", max_length=120)
    email = models.EmailField("อีเมล", blank=True)
    role = models.CharField("บทบาท", max_length=20, choices=Role.choices)
    scope_level = models.CharField(
        "ขอบเขต", max_length=10, choices=ScopeLevel.choices, default=ScopeLevel.REGION
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="users", verbose_name="ภาค"
    )
    province = models.ForeignKey(
        Province, models.PROTECT, null=True, blank=True, related_name="users", verbose_name="จังหวัด"
    )
    is_active = models.BooleanField("ใช้งานได้", default=True)
    must_change_password = models.BooleanField("ต้องเปลี่ยนรหัสผ่านเมื่อเข้าครั้งแรก", default=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "ผู้ใช้"
        constraints = [
            models.CheckConstraint(
                condition=Q(scope_level="nation", region=None, province=None)
                | Q(scope_level="region", region__isnull=False, province=None)
                | Q(scope_level="province", region__isnull=False, province__isnull=False),
                name="accounts_user_scope_complete",
                violation_error_message=(
                    "ขอบเขตไม่ครบ: ทั้งประเทศไม่ต้องเลือกพื้นที่ "
                    "ระดับภาคเลือกภาคเท่านั้น ระดับจังหวัดเลือกทั้งภาคและจังหวัด"
                ),
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values),
                name="accounts_user_role_known",
                violation_error_message="บทบาทนี้ไม่มีในระบบ เลือกจากรายการที่ให้ไว้",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def sees_nation(self) -> bool:
        """Whether the person's scope is the whole country."""
        return self.scope_level == ScopeLevel.NATION

    @property
    def scope_path(self) -> str:
        """The scope as a text that begins as every wider one does: ``/``, ``/N/``, ``/N/50/``.

        Kept with what a person made, it tells later whether that lies in a scope narrowed since.
        """
        places = [place for place in (self.region_id, self.province_id) if place]
        return "".join(f"{place}/" for place in ("", *places))

    @property
    def scope_label(self) -> str:
        """The scope in words, for the head of a page and the conditions of an export."""
        if self.sees_nation:
            return str(ScopeLevel.NATION.label)
        if self.scope_level == ScopeLevel.REGION:
            return str(self.region)
        return f"จังหวัด{self.province}"
